import type { z } from 'zod';
import { knobsSchema } from './knob-schema.ts';
import type { knobPatchSchema, KnobPatch, KnobValues } from './knob-schema.ts';

/** Orderly, prompt and lossless: tests switch on exactly the trouble that they want. */
const QUIET = knobsSchema.parse({
	graph: {},
	dialog: {},
	facebook: {},
	streams: {},
	instagram: {},
	webhooks: {}
});

/** Meta on a bad day, all of it at once (PLATFORMS 2.6, 3.7). */
const ROUGH: KnobPatch = {
	facebook: { omitFromShare: 0.05, insertWhilePaging: 1 },
	streams: { dropShare: 0.2, arrayShare: 0.1 },
	instagram: { tokenShape: 'wrapped' },
	webhooks: {
		dropShare: 0.1,
		duplicateShare: 0.1,
		batch: { min: 1, max: 50 },
		gatherMs: 50,
		shuffle: true,
		delayMs: { min: 0, max: 500 },
		concurrency: 4,
		instagramShape: 'mixed',
		arrayRootShare: 0.2,
		entryTime: 'mixed',
		noiseShare: 0.1
	}
};

export const PRESETS = { quiet: {}, rough: ROUGH } as const satisfies Record<string, KnobPatch>;

/** Everything about the fake's behaviour that can be set while it runs. */
export class Knobs {
	#values: KnobValues = QUIET;

	get values(): KnobValues {
		return this.#values;
	}

	/** Changes what the patch names. @throws ZodError for an unknown knob or an impossible value */
	set(patch: KnobPatch | z.output<typeof knobPatchSchema>): KnobValues {
		const current: Readonly<Record<string, object>> = this.#values;
		const merged: Record<string, object> = { ...current };
		for (const [group, values] of Object.entries(patch)) {
			merged[group] = { ...current[group], ...values };
		}
		this.#values = knobsSchema.parse(merged);
		return this.#values;
	}

	/** Quiet again, then what the preset says. How the app is set up and the dialogs answer stays. */
	preset(name: keyof typeof PRESETS): KnobValues {
		const { graph, dialog } = this.#values;
		this.#values = { ...QUIET, graph, dialog };
		return this.set(PRESETS[name]);
	}
}
