export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly birthday: number;
}
export interface ProductRow {
  readonly upc: string;
  readonly name: string;
  readonly price: number;
  readonly weight: number;
  readonly inStock: boolean;
}
export interface ReviewRow {
  readonly id: string;
  readonly body: string;
  readonly author: string;
  readonly product: string;
}

export interface ReviewsData {
  readonly users: readonly UserRow[];
  readonly products: readonly ProductRow[];
  readonly reviews: readonly ReviewRow[];
}

const PEOPLE = ['Ada Bishop', 'Bruno Castle', 'Clara Dale', 'David Elm', 'Edith Field', 'Frank Grove'];
const THINGS = ['Table', 'Couch', 'Glass', 'Chair', 'Lamp', 'Shelf', 'Mirror', 'Carpet', 'Clock'];
const WORDS = [
  'Love it!',
  'Too expensive for what it is.',
  'Could be better, but it does what I bought it for.',
  'I would buy it again: it came in time, was well packed and stands where the old one stood.',
];
/** Reviews that each person has written. */
const EACH = 4;

/** The same rows every time: as many as make a page of some tens of KB when nested three levels deep. */
export const reviewsData = (): ReviewsData => ({
  users: PEOPLE.map((name, i) => ({
    id: `u${i + 1}`,
    name,
    username: `@${name.split(' ')[0]?.toLowerCase()}`,
    birthday: 19_700_101 + i * 30_211,
  })),
  products: THINGS.map((name, i) => ({
    upc: `p${i + 1}`,
    name,
    price: 54 + ((i * 389) % 1_700),
    weight: 40 + ((i * 271) % 1_100),
    inStock: i % 4 !== 1,
  })),
  reviews: PEOPLE.flatMap((_, person) =>
    Array.from({ length: EACH }, (_, n) => {
      const number = person * EACH + n;
      return {
        id: `r${number + 1}`,
        body: WORDS[number % WORDS.length] ?? '',
        author: `u${person + 1}`,
        product: `p${((number * 2) % THINGS.length) + 1}`,
      };
    }),
  ),
});
