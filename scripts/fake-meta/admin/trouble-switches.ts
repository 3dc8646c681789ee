import { z } from 'zod';
import { ENDPOINTS } from '../http/calls.ts';
import { failureSchema } from '../http/failures.ts';
import { defineSwitch } from './define-switch.ts';
import { knobPatchSchema } from './knob-schema.ts';

const DIALOG_MODES = ['page', 'grant', 'deny', 'partial', 'tamperState'] as const;

/** How Graph, dialogs and streams behave. */
export const troubleSwitches = {
	fail: defineSwitch(
		'The next calls of an endpoint get a trouble: see failures.ts for the kinds.',
		failureSchema,
		({ failures }, input) => {
			failures.plan(input);
			return {};
		}
	),
	heal: defineSwitch(
		'Calls off the troubles of an endpoint, or all of them.',
		z.strictObject({ endpoint: z.enum(ENDPOINTS).optional() }),
		({ failures }, { endpoint }) => {
			failures.heal(endpoint);
			return {};
		}
	),
	knobs: defineSwitch('Changes the knobs that are named.', knobPatchSchema, ({ knobs }, input) =>
		knobs.set(input)
	),
	preset: defineSwitch(
		'All knobs to `quiet`, or to `rough`; the groups graph and dialog stay as they are.',
		z.strictObject({ name: z.enum(['quiet', 'rough']) }),
		({ knobs }, { name }) => knobs.preset(name)
	),
	dialog: defineSwitch(
		'How the dialogs answer: `page` asks, the others redirect at once.',
		z.strictObject({
			mode: z.enum(DIALOG_MODES),
			as: z.string().nullable().optional(),
			declined: z.array(z.string()).optional(),
			pages: z.array(z.string()).nullable().optional()
		}),
		({ knobs }, { mode, as = null, declined = [], pages = null }) => {
			knobs.set({ dialog: { mode, as, declined, pages } });
			return {};
		}
	),
	killCursors: defineSwitch(
		'Every cursor that was given out is dead: code 100.',
		z.strictObject({}),
		({ killCursors }) => {
			killCursors();
			return {};
		}
	),
	cutStreams: defineSwitch(
		'Breaks event streams in the middle of a frame, those of one live when named.',
		z.strictObject({ live: z.string().optional() }),
		({ streams }, { live }) => ({ cut: streams.cut(live) })
	),
	resetCalls: defineSwitch('Forgets all counts of calls.', z.strictObject({}), ({ calls }) => {
		calls.reset();
		return {};
	})
} as const;
