// What the build uses of PurgeCSS, whose own types want Node's.
export class PurgeCSS {
  purge(
    options: { content: string[]; css: { raw: string }[]; keyframes: boolean },
  ): Promise<{ css: string }[]>;
}
