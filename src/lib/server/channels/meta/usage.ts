import { z } from 'zod';

/** How much of Meta's rate limits is used up (PLATFORMS 1.9). */
export type Usage = {
	/** The worst of all counters, in percent of the limit. May exceed 100. */
	readonly percent: number;
	/** How long until Meta takes calls again, in ms. Null when it names no time. */
	readonly regainMs: number | null;
};

const MINUTE_MS = 60_000;

const count = z.number().nonnegative().default(0);
const counters = z.object({ call_count: count, total_time: count, total_cputime: count });
/** Up to 32 entries, by the id of the business object. */
const businessUsage = z.record(
	z.string(),
	z.array(counters.extend({ estimated_time_to_regain_access: count }))
);

type Counters = z.output<typeof counters>;

function readHeader<T>(headers: Headers, name: string, schema: z.ZodType<T>): T | null {
	const text = headers.get(name);
	if (text === null) return null;
	try {
		return schema.safeParse(JSON.parse(text)).data ?? null;
	} catch {
		return null;
	}
}

/**
 * Reads the usage headers, each of which holds JSON. Null when there is none that can be read: Meta
 * sends them only after a number of calls.
 */
export function readUsage(headers: Headers): Usage | null {
	const business = readHeader(headers, 'x-business-use-case-usage', businessUsage);
	const entries = Object.values(business ?? {}).flat();
	const all: Counters[] = [...entries];
	for (const name of ['x-app-usage', 'x-page-usage']) {
		const usage = readHeader(headers, name, counters);
		if (usage !== null) all.push(usage);
	}
	if (all.length === 0) return null;
	const minutes = Math.max(0, ...entries.map((entry) => entry.estimated_time_to_regain_access));
	return {
		percent: Math.max(
			...all.map((usage) => Math.max(usage.call_count, usage.total_time, usage.total_cputime))
		),
		regainMs: minutes > 0 ? minutes * MINUTE_MS : null
	};
}
