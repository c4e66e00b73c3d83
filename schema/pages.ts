import { Directive, Field, Int, ObjectType } from 'type-graphql';
import { PageInfo } from './values.ts';

/** What a connection is, in hub and in every vendor’s part of it. */
export const CONNECTION_DESCRIPTION =
  'One list over many sources: merged and sorted, with one cursor, and the truth about who answered.';

type Class<T = object> = abstract new (...args: never[]) => T;

export interface Edge {
  readonly cursor: string;
  readonly node: object;
}

/**
 * The edge and page types over one interface. They are built per interface class, since hub knows only a record's id
 * while a vendor's subgraph knows all of it; both answer them, so they are `@shareable`.
 */
export const pageTypes = (name: string, node: Class) => {
  @ObjectType(`${name}Edge`)
  @Directive('@shareable')
  class PageEdge implements Edge {
    @Field(() => String, { description: 'Give it as `after` to go on behind this record.' })
    cursor!: string;
    @Field(() => node as never)
    node!: object;
  }

  @ObjectType(`${name}Page`, { description: 'One page from one source.' })
  @Directive('@shareable')
  class Page {
    @Field(() => [PageEdge])
    edges!: readonly PageEdge[];
    @Field(() => [node as never])
    nodes!: readonly object[];
    @Field(() => PageInfo)
    pageInfo!: PageInfo;
    @Field(() => Int, { nullable: true, description: 'How many there are in all, where the vendor says so.' })
    totalCount?: number | null;
  }
  return { Edge: PageEdge, Page };
};

/** A page without edges: of directories that are short. */
export const plainPageType = (name: string, node: Class) => {
  @ObjectType(`${name}Page`, { description: 'One page from one source.' })
  @Directive('@shareable')
  class Page {
    @Field(() => [node as never])
    nodes!: readonly object[];
    @Field(() => PageInfo)
    pageInfo!: PageInfo;
  }
  return Page;
};
