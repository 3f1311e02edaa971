// A line to the guest as the service takes it: composed, without characters that steer the text.

/** What steers: controls, marks and overrides of direction, half characters. */
const STEERING = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const SPACE = /[^\S\n]|\u0085/gu;

/** The line that is sent; line breaks stay, every other white space is a space. */
export function cleanLine(text: string): string {
  const breaks = text.replace(/\r\n?/g, '\n');
  return breaks
    .replace(/\ufeff/g, '')
    .replace(SPACE, ' ')
    .replace(STEERING, (c) => (c === '\n' ? c : ''))
    .normalize('NFC')
    .trim();
}

/** Its length as the service counts it: in scalar values. */
export function lineLength(clean: string): number {
  return [...clean].length;
}
