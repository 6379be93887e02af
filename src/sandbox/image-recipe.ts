/** Content of a root image besides the interpreter that starts programs. Every field affects the image's name. */
export interface ImageRecipe {
  /** Beginning of the image's name: `node-24.21.0`. */
  readonly name: string;
  /** Files and folders of the host, and their places in the image. */
  readonly copies: readonly ImageCopy[];
  /** Programs and libraries of the host whose shared libraries are copied as well. */
  readonly programs: readonly string[];
  /** Empty folders that serve as mount points. */
  readonly folders?: readonly string[];
  /** Links in the image, with their targets. */
  readonly links?: Readonly<Record<string, string>>;
  /** Command run last, on the host, in the image's folder, by programs that were copied into it. */
  readonly warmUp?: WarmUp;
}

interface ImageCopy {
  readonly from: string;
  readonly to: string;
  /** Regular expression for names of files and folders that are left out. */
  readonly without?: string;
}

/** Command that fills a cache in the image; `$IMAGE` stands for the image's folder. */
export interface WarmUp {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}
