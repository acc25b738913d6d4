/** Words, strings and signs of the filter language. Each token knows where it stands, so that an
 * error can point at it. */

export interface Token {
  kind: 'word' | 'string' | 'sign' | 'end'
  /** the word, the string without quotes and escapes, or the sign */
  text: string
  at: number
  end: number
}

export interface LexError {
  message: string
  at: number
  end: number
  /** the text may still become right when more is typed */
  unfinished: boolean
}

const signs = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '!', '(', ')', '{', '}', ','] as const
const wordChars = /[^\s"'(){},=!<>&|]+/y

/** All tokens, the last of kind `end`; or the first place that is no token. */
export function tokenise(text: string): Token[] | LexError {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (/\s/.test(char)) {
      at++
      continue
    }
    const token = nextToken(text, at, char)
    if ('message' in token) return token
    tokens.push(token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', at: text.length, end: text.length })
  return tokens
}

function nextToken(text: string, at: number, char: string): Token | LexError {
  if (char === '"' || char === "'") return stringToken(text, at, char)
  const sign = signs.find(candidate => text.startsWith(candidate, at))
  if (sign !== undefined) return { kind: 'sign', text: sign, at, end: at + sign.length }
  wordChars.lastIndex = at
  const word = wordChars.exec(text)?.[0]
  if (word !== undefined) return { kind: 'word', text: word, at, end: at + word.length }
  const doubled = `${char}${char}`
  return {
    message: `"${char}" is not an operator; write "${doubled}"`,
    at,
    end: at + 1,
    unfinished: at + 1 === text.length,
  }
}

function stringToken(text: string, at: number, quote: string): Token | LexError {
  let value = ''
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === quote) return { kind: 'string', text: value, at, end: i + 1 }
    if (char === '\\' && i + 1 < text.length) {
      const next = text.charAt(i + 1)
      // only quotes and the backslash need an escape; "\d" of a regular expression stays as it is
      value += next === quote || next === '\\' ? next : char + next
      i++
    } else {
      value += char
    }
  }
  return { message: 'the string has no closing quote', at, end: text.length, unfinished: true }
}
