// SPDX-License-Identifier: Apache-2.0

// Takes shell text apart as far as a check of commands needs it: the words of each simple command.

/** What has been read so far. */
interface Reading {
  readonly text: string;
  position: number;
  readonly commands: string[][];
}

/**
 * Returns the simple commands of a script, those in `$( … )` too, each as its words without quotes, assignments and
 * redirections.
 *
 * @param script - of a page: no here-documents, no functions, no `case`.
 */
export function commandsOf(script: string): string[][] {
  const reading: Reading = { text: script.replace(/\\\n/g, " "), position: 0, commands: [] };
  readList(reading, "");
  return reading.commands.map(withoutAssignments).filter((words) => words.length > 0);
}

/** Reads commands up to `end`, one character or none, and passes over it. */
function readList(reading: Reading, end: string): void {
  const { text } = reading;
  let words: string[] = [];
  reading.commands.push(words);
  while (reading.position < text.length) {
    const character = text.charAt(reading.position);
    if (character === end) break;
    if (/[|&;\n]/.test(character)) {
      words = [];
      reading.commands.push(words);
      reading.position += 1;
    } else if (character === "#") {
      while (reading.position < text.length && text.charAt(reading.position) !== "\n") reading.position += 1;
    } else if (/\s/.test(character)) reading.position += 1;
    else words.push(readWord(reading, end));
  }
  reading.position += 1;
}

function readWord(reading: Reading, end: string): string {
  const { text } = reading;
  let word = "";
  let quote = "";
  while (reading.position < text.length) {
    const character = text.charAt(reading.position);
    if (quote === "" && (character === end || /[\s|&;]/.test(character))) break;
    reading.position += 1;
    if (character === "$" && text.charAt(reading.position) === "(" && quote !== "'") {
      // Arithmetic is read as a list of one "command" that begins with a parenthesis.
      reading.position += 1;
      readList(reading, ")");
      word += "VALUE";
    } else if (character === quote) quote = "";
    else if (quote === "" && /["']/.test(character)) quote = character;
    else word += character;
  }
  return word;
}

function withoutAssignments(words: readonly string[]): string[] {
  const kept = words.filter((word) => !/^\d?[<>]/.test(word));
  while (/^\w+=/.test(kept[0] ?? "") || kept[0] === "export") kept.shift();
  return kept;
}
