/** A list of keys that cannot miss one: what does does not compile. */

/** The list as it is, if it names every key of T. */
export function allKeys<T>() {
  return <const K extends readonly (keyof T & string)[]>(
    keys: K & ([keyof T] extends [K[number]] ? unknown : never),
  ): readonly string[] => keys
}
