// Before all stories: flash.sh writes the card they start from.
import { flashed } from './card';
import { note } from './times';

export default function setup(): void {
  const seconds = flashed();
  if (seconds > 0) note('flash.sh: image onto a card', seconds);
}
