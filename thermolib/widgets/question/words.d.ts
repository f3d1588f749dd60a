// What thermolib.checks says, as __init__.py writes it above view.js; for `deno check`.
declare const RIGHT: string, WRONG: string, IMPRECISE: string, FARTHER: string, PATIENCE: number;
declare const COMMON: [mistake: string, factor: number, power: number][];
declare const COARSE: [limit: number, words: string][], FINE: [limit: number, words: string][];
