import type { GraphResolvers } from '../workload.ts';
import type { ProductRow, ReviewRow, ReviewsData, UserRow } from './data.ts';

interface User extends UserRow {
  readonly __typename: 'User';
  readonly reviews: Review[];
}
interface Product extends ProductRow {
  readonly __typename: 'Product';
  readonly reviews: Review[];
}
interface Review extends Omit<ReviewRow, 'author' | 'product'> {
  readonly __typename: 'Review';
  readonly author: User | undefined;
  readonly product: Product | undefined;
}

const linked = (data: ReviewsData) => {
  const users = new Map<string, User>(data.users.map((row) => [row.id, { __typename: 'User', ...row, reviews: [] }]));
  const products = new Map<string, Product>(
    data.products.map((row) => [row.upc, { __typename: 'Product', ...row, reviews: [] }]),
  );
  const reviews = new Map<string, Review>();
  for (const row of data.reviews) {
    const author = users.get(row.author);
    const product = products.get(row.product);
    const review: Review = { __typename: 'Review', ...row, author, product };
    reviews.set(row.id, review);
    author?.reviews.push(review);
    product?.reviews.push(review);
  }
  return { users, products, reviews };
};

const shippingEstimate = ({ price, weight }: ProductRow): number => (price > 1_000 ? 0 : Math.round(weight * 0.5));

/** Plain look-ups by key: what is left to measure is the gateway. */
export const reviewsResolvers = (data: ReviewsData): GraphResolvers => {
  const { users, products, reviews } = linked(data);
  const user = ({ id }: { readonly id: string }) => users.get(id);
  const product = ({ upc }: { readonly upc: string }) => products.get(upc);
  const roots = {
    me: () => users.get('u1'),
    user: (_: unknown, key: { readonly id: string }) => user(key),
    users: () => [...users.values()],
  };
  const topProducts = (_: unknown, { first }: { readonly first: number }) => [...products.values()].slice(0, first);
  return {
    subgraphs: {
      users: { Query: roots, User: { __resolveReference: user } },
      products: { Query: { topProducts }, Product: { __resolveReference: product } },
      reviews: {
        Review: { __resolveReference: ({ id }: { readonly id: string }) => reviews.get(id) },
        User: { __resolveReference: user },
        Product: { __resolveReference: product },
      },
      inventory: {
        Product: {
          // price and weight only as the gateway brings them
          __resolveReference: (key: ProductRow) => ({ ...key, inStock: product(key)?.inStock }),
          shippingEstimate,
        },
      },
    },
    whole: { Query: { ...roots, topProducts }, Product: { shippingEstimate } },
  };
};
