/** What the page shows: a title and what stands below it. */
export interface View {
  title: string;
  content: (Node | string)[];
  /** Ends what goes on while it is shown. */
  leave?: () => void;
}

/** Shows what comes next, by what the service says. */
export type Next = () => Promise<void>;
