// What Sphinx's own scripts leave in every page, for `deno check`.
declare const Search: { htmlToText(page: string, anchor: string): string | null };
declare const Scorer: {
  title: number;
  score?(result: [page: string, title: string, anchor: string, description: string, score: number]): number;
  objPrio: Record<number, number>;
};
declare let Stemmer: new () => { stemWord(word: string): string };
declare const stopwords: string[];
declare const DOCUMENTATION_OPTIONS: Record<string, unknown>;
