import { z } from 'zod';
import { randomFor } from '../world/random.ts';
import type { Random } from '../../../src/lib/server/rehearsal/generator/random.ts';
import { ENDPOINTS } from './calls.ts';
import type { Endpoint } from './calls.ts';

const target = {
	/** Which endpoint; all of the Graph hosts when left out. */
	endpoint: z.enum(ENDPOINTS).optional(),
	/** Only calls whose path has this id, e.g. a live's. */
	id: z.string().optional(),
	/** How many calls; null: until healed. */
	times: z.number().int().positive().nullable().default(1),
	probability: z.number().min(0).max(1).default(1)
};
const status = z.number().int().min(300).max(599);

/** One trouble that calls can be given. */
export const failureSchema = z.discriminatedUnion('kind', [
	z.strictObject({
		kind: z.literal('error'),
		code: z.number().int(),
		subcode: z.number().int().optional(),
		status: status.default(400),
		message: z.string().default('An error that was asked for'),
		isTransient: z.boolean().optional(),
		...target
	}),
	z.strictObject({
		kind: z.literal('throttle'),
		code: z.union([4, 17, 32, 613, 80001, 80002, 341, 368].map((code) => z.literal(code))),
		subcode: z.number().int().optional(),
		status: status.default(400),
		/** Which usage header comes along. */
		header: z.enum(['none', 'app', 'page', 'business']).default('none'),
		percent: z.number().min(0).default(100),
		/** `estimated_time_to_regain_access` of the business header, MINUTES. */
		etaMinutes: z.number().min(0).default(0),
		...target
	}),
	/** A page of an edge server instead of JSON. */
	z.strictObject({ kind: z.literal('html'), status: status.default(502), ...target }),
	/** No body at all. */
	z.strictObject({ kind: z.literal('empty'), status: status.default(503), ...target }),
	/** No answer, until the client goes away. */
	z.strictObject({ kind: z.literal('hang'), ...target }),
	/** The connection is closed without an answer. */
	z.strictObject({ kind: z.literal('reset'), ...target }),
	/** The connection is closed in the middle of the body. */
	z.strictObject({ kind: z.literal('cut'), ...target }),
	/** 302 to another place, which counts its visitors as `elsewhere`. */
	z.strictObject({ kind: z.literal('redirect'), location: z.url().optional(), ...target }),
	/** 200 with a body of this size. */
	z.strictObject({
		kind: z.literal('huge'),
		bytes: z.number().int().positive().default(50_000_000),
		...target
	}),
	/** 200 with an object that has no `data` (PLATFORMS 2.7). */
	z.strictObject({ kind: z.literal('noData'), ...target }),
	/** 200 with text that is no JSON. */
	z.strictObject({ kind: z.literal('garbage'), ...target })
]);
export type Failure = z.output<typeof failureSchema>;
export type FailureInput = z.input<typeof failureSchema>;

type Planned = { readonly failure: Failure; left: number };

/** Hosts whose calls an unnamed failure hits. */
const GRAPH_HOSTS = new Set(['graph', 'streaming', 'ig-graph', 'ig-api']);

/** The troubles that were ordered and have not all happened. */
export class Failures {
	#planned: Planned[] = [];
	readonly #random: Random;

	constructor(seed: number) {
		this.#random = randomFor(seed, 'failures');
	}

	plan(failure: Failure): void {
		this.#planned.push({ failure, left: failure.times ?? Infinity });
	}

	/** Calls off what is planned; for one endpoint when named. */
	heal(endpoint?: Endpoint): void {
		this.#planned = this.#planned.filter(
			({ failure }) => endpoint !== undefined && failure.endpoint !== endpoint
		);
	}

	/** The trouble that this call gets; the one that was planned first, when several fit. */
	take(call: {
		readonly endpoint: Endpoint;
		readonly host: string;
		readonly path: readonly string[];
	}): Failure | null {
		const hit = this.#planned.find(({ failure }) => {
			const { endpoint, id, probability } = failure;
			const fits = endpoint ? endpoint === call.endpoint : GRAPH_HOSTS.has(call.host);
			if (!fits || (id !== undefined && !call.path.includes(id))) return false;
			return probability === 1 || this.#random.chance(probability);
		});
		if (!hit) return null;
		hit.left--;
		if (hit.left <= 0) this.#planned = this.#planned.filter((planned) => planned !== hit);
		return hit.failure;
	}

	toJSON(): { readonly failure: Failure; readonly left: number | null }[] {
		return this.#planned.map(({ failure, left }) => ({
			failure,
			left: Number.isFinite(left) ? left : null
		}));
	}
}
