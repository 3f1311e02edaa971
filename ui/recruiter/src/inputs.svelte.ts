// Camera, microphone and speaker as the page shows them, and what of them this window remembers.
import { Devices, type DevicesState, type Kind } from './devices';
import * as keep from './keep';
import type { Tracks } from './peer';
import type { On } from './visit.svelte';

export class Inputs {
  state = $state.raw<DevicesState>() as DevicesState;
  #devices: Devices;

  /** `changed` is told of every state with the one before. */
  constructor(changed: (before: DevicesState, now: DevicesState) => void) {
    this.#devices = new Devices(navigator.mediaDevices, localStorage, (state) => {
      const before = this.state;
      this.state = state;
      changed(before, state);
    });
    this.state = this.#devices.state;
    const on = keep.keptOn();
    this.#devices.turn('microphone', on.microphone);
    this.#devices.turn('camera', on.camera);
  }

  get tracks(): Tracks {
    return this.#devices.tracks;
  }

  /** What the others get: switched on, and working. */
  get on(): On {
    return onOf(this.state);
  }

  open(): void {
    void this.#devices.open();
  }

  /** For a while; what was on stays remembered. */
  close(): void {
    this.#devices.close();
  }

  /** In no interview: nothing is open, and the next one begins with everything on. */
  finish(): void {
    this.#devices.finish();
    keep.keepOn({ microphone: true, camera: true });
  }

  turn(kind: Kind, on: boolean): void {
    this.#devices.turn(kind, on);
    this.#keepOn();
  }

  /** The room turned inputs off; they are shown off, and can be turned on again. */
  silence(off: On): void {
    this.#devices.turnOff(off);
    this.#keepOn();
  }

  choose(kind: Kind | 'speaker', id: string): void {
    if (kind === 'speaker') this.#devices.chooseSpeaker(id);
    else void this.#devices.choose(kind, id);
  }

  suppressNoise(noise: boolean): void {
    void this.#devices.suppressNoise(noise);
  }

  retry(): void {
    void this.#devices.retry();
  }

  #keepOn(): void {
    keep.keepOn({ microphone: this.state.microphone.on, camera: this.state.camera.on });
  }
}

export function onOf({ microphone, camera }: DevicesState): On {
  return { microphone: microphone.on && !microphone.problem, camera: camera.on && !camera.problem };
}
