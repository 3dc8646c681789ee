import type { SignalName } from './signal-settings.svelte.ts';

type Note = { readonly hz: number; readonly at: number; readonly seconds: number };
type Tune = {
	readonly wave: OscillatorType;
	readonly gain: number;
	readonly notes: readonly Note[];
};

/** Each is known without looking: up for a win, three up for a promotion, down and rough for a fault. */
const TUNES: Record<SignalName, Tune> = {
	win: {
		wave: 'sine',
		gain: 0.12,
		notes: [
			{ hz: 659, at: 0, seconds: 0.09 },
			{ hz: 880, at: 0.08, seconds: 0.16 }
		]
	},
	promotion: {
		wave: 'triangle',
		gain: 0.16,
		notes: [
			{ hz: 523, at: 0, seconds: 0.12 },
			{ hz: 659, at: 0.11, seconds: 0.12 },
			{ hz: 784, at: 0.22, seconds: 0.26 }
		]
	},
	channel: {
		wave: 'sawtooth',
		gain: 0.08,
		notes: [
			{ hz: 330, at: 0, seconds: 0.22 },
			{ hz: 220, at: 0.24, seconds: 0.38 }
		]
	}
};

/** In a rush one sound stands for many. */
const MIN_GAP_MS = 350;

/** Plays signals with WebAudio. Browser only; silent until the page was touched, as browsers want it. */
export class Sounds {
	#audio: AudioContext | null = null;
	#lastAt = new Map<SignalName, number>();

	/** Call from a gesture (a click, a key): only then a browser lets sound out. */
	unlock(): void {
		this.#audio ??= new AudioContext();
		if (this.#audio.state === 'suspended') void this.#audio.resume();
	}

	play(name: SignalName): void {
		const audio = this.#audio;
		const now = performance.now();
		if (audio?.state !== 'running' || now - (this.#lastAt.get(name) ?? -Infinity) < MIN_GAP_MS) {
			return;
		}
		this.#lastAt.set(name, now);
		const { wave, gain, notes } = TUNES[name];
		for (const note of notes) {
			const start = audio.currentTime + note.at;
			const volume = new GainNode(audio, { gain: 0 });
			volume.gain.linearRampToValueAtTime(gain, start + 0.01);
			volume.gain.exponentialRampToValueAtTime(0.0001, start + note.seconds);
			const tone = new OscillatorNode(audio, { type: wave, frequency: note.hz });
			tone.connect(volume).connect(audio.destination);
			tone.start(start);
			tone.stop(start + note.seconds);
		}
	}

	close(): void {
		void this.#audio?.close();
		this.#audio = null;
	}
}
