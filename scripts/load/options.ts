import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

export type LoadOptions = {
	/** Distinct comments of all shows together. */
	readonly comments: number;
	readonly seconds: number;
	readonly consoles: number;
	readonly shows: number;
	/** Web processes. */
	readonly instances: number;
	readonly workers: number;
	/** A Redis Cluster of three masters in place of one Redis. */
	readonly cluster: boolean;
	/** Debian's nginx in front of the web processes, in place of consoles that choose one themselves. */
	readonly nginx: boolean;
	/** A web process and a worker are killed in mid-show and replaced. */
	readonly kill: boolean;
	readonly seed: number;
	readonly json: boolean;
};

export const LOAD_USAGE = `Usage: npm run load [-- OPTIONS]

  --preset NAME   seed: 1,000 comments in 60 s, 50 consoles (the default)
                  rate: 1,000 comments a second for 60 s, 50 consoles
                  crowd: 1,000 comments in 60 s, 1,000 consoles, 3 web processes
                  far: 1,000 comments a second for 60 s, 1,000 consoles, 3 web processes
  --comments N    distinct comments of all shows together
  --seconds S     how long they take
  --consoles C    consoles of all shows together
  --shows M       shows at the same time (default 1)
  --instances W   web processes (default 1)
  --workers K     workers (default 1)
  --cluster       on a Redis Cluster of three masters (redis-server from the PATH)
  --nginx         behind nginx (from the PATH), round-robin, no sticky sessions
  --kill          a web process and a worker are killed in mid-show and replaced
  --seed S        the same seed sends the same comments (default: by chance; it is printed)
  --json          prints exactly one JSON object on stdout

Exit code 0: every invariant holds and every console saw the whole sequence; 1: not so, or it could not
run; 2: usage.`;

/** Thirty people of forty consoles each: so many invitations a workspace may make in an hour. */
export const MAX_CONSOLES = 1_200;
/** A web process takes five hundred consoles of a workspace; nginx does not spread them quite evenly. */
const MAX_CONSOLES_PER_PROCESS = 400;

/** Wrong options; the message says which. */
export class LoadUsageError extends Error {
	override readonly name = 'LoadUsageError';
}

const PRESETS = {
	seed: { comments: 1_000, seconds: 60, consoles: 50, instances: 1 },
	rate: { comments: 60_000, seconds: 60, consoles: 50, instances: 1 },
	crowd: { comments: 1_000, seconds: 60, consoles: 1_000, instances: 3 },
	far: { comments: 60_000, seconds: 60, consoles: 1_000, instances: 3 }
} as const;

function isPreset(name: string): name is keyof typeof PRESETS {
	return Object.hasOwn(PRESETS, name);
}

function whole(name: string, value: string | undefined, usual: number, max: number): number {
	if (value === undefined) return usual;
	const number = /^\d{1,10}$/.test(value) ? Number(value) : 0;
	if (number >= 1 && number <= max) return number;
	throw new LoadUsageError(`--${name} takes a whole number from 1 to ${max}, not "${value}"`);
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				preset: { type: 'string', default: 'seed' },
				comments: { type: 'string' },
				seconds: { type: 'string' },
				consoles: { type: 'string' },
				shows: { type: 'string' },
				instances: { type: 'string' },
				workers: { type: 'string' },
				cluster: { type: 'boolean', default: false },
				nginx: { type: 'boolean', default: false },
				kill: { type: 'boolean', default: false },
				seed: { type: 'string' },
				json: { type: 'boolean', default: false }
			}
		}).values;
	} catch (error) {
		throw new LoadUsageError(error instanceof Error ? error.message : String(error));
	}
}

/** Throws `LoadUsageError`. */
export function readLoadOptions(args: readonly string[]): LoadOptions {
	const values = parse(args);
	if (!isPreset(values.preset)) {
		throw new LoadUsageError(`--preset knows ${Object.keys(PRESETS).join(', ')}`);
	}
	const preset = PRESETS[values.preset];
	const options: LoadOptions = {
		comments: whole('comments', values.comments, preset.comments, 2_000_000),
		seconds: whole('seconds', values.seconds, preset.seconds, 3_600),
		consoles: whole('consoles', values.consoles, preset.consoles, MAX_CONSOLES),
		shows: whole('shows', values.shows, 1, 200),
		instances: whole('instances', values.instances, preset.instances, 8),
		workers: whole('workers', values.workers, 1, 8),
		cluster: values.cluster,
		nginx: values.nginx,
		kill: values.kill,
		seed: whole('seed', values.seed, randomInt(1, 2 ** 31), 2 ** 31),
		json: values.json
	};
	if (options.consoles > options.instances * MAX_CONSOLES_PER_PROCESS) {
		const needed = Math.ceil(options.consoles / MAX_CONSOLES_PER_PROCESS);
		throw new LoadUsageError(`so many consoles need --instances ${needed}`);
	}
	return options;
}
