import type { Stopped } from './instance.ts';
import type { LiveConsole } from './live-console.ts';

export type UpgradeReport = {
	readonly stopped: readonly (Stopped & { readonly role: string })[];
	readonly comments: { readonly expected: number; readonly logged: number };
	/** Calls of operators that were answered, and those of them that are in the log. */
	readonly calls: { readonly answered: number; readonly logged: number; readonly retried: number };
	readonly consoles: readonly ConsoleReport[];
	/** Connections that no instance took. */
	readonly refused: number;
	readonly digests: Readonly<Record<string, string | null>>;
};

export type ConsoleReport = {
	readonly events: number;
	/** Seqs that are missing between the first and the last. */
	readonly missing: number;
	readonly repeated: number;
	readonly snapshots: number;
	readonly broken: number;
	readonly longestSilenceMs: number;
	readonly digest: string;
};

/** What became of a console. */
export function reportOf(one: LiveConsole): ConsoleReport {
	const [first = 0] = one.seqs;
	const last = one.seqs.at(-1) ?? 0;
	return {
		events: one.seqs.length,
		missing: last - first + 1 - new Set(one.seqs).size,
		repeated: one.repeated,
		snapshots: one.snapshots,
		broken: one.broken,
		longestSilenceMs: one.longestSilenceMs,
		digest: one.digest
	};
}

/** What must hold after an upgrade and does not, in words; empty when all of it holds. */
export function faultsOf(report: UpgradeReport): string[] {
	const { stopped, comments, calls, consoles, refused, digests } = report;
	const faults: string[] = [];
	const expectThat = (holds: boolean, fault: string): void => {
		if (!holds) faults.push(fault);
	};
	for (const { role, code, ms } of stopped) {
		expectThat(code === 0, `an old ${role} process ended with code ${code}`);
		expectThat(ms < 10_000, `an old ${role} process took ${ms} ms to end`);
	}
	const { expected, logged } = comments;
	expectThat(expected === logged, `${logged} of ${expected} comments are in the log`);
	expectThat(calls.answered > 0, 'no operator called');
	expectThat(
		calls.answered === calls.logged,
		`${calls.answered} calls were answered, ${calls.logged} are in the log`
	);
	expectThat(refused === 0, `${refused} connections were taken by no process`);
	const distinct = new Set(Object.values(digests));
	expectThat(distinct.size === 1 && !distinct.has(null), 'log, Redis and Postgres differ');
	for (const [index, one] of consoles.entries()) {
		const name = `console ${index + 1}`;
		expectThat(one.missing === 0, `${name} misses ${one.missing} events`);
		expectThat(one.snapshots === 1, `${name} got ${one.snapshots} snapshots`);
		expectThat(one.broken === 0, `${name} got ${one.broken} messages that it could not use`);
		expectThat(distinct.has(one.digest), `${name} shows something else than the log`);
	}
	return faults;
}

/** The figures, a line each. */
export function describeUpgrade({ comments, calls, consoles, refused }: UpgradeReport): string[] {
	const most = (of: (one: ConsoleReport) => number): number => Math.max(...consoles.map(of));
	return [
		`${comments.logged} of ${comments.expected} comments are in the log`,
		`${calls.answered} calls of an operator answered, ${calls.retried} of them asked twice`,
		`${refused} connections refused`,
		`${consoles.length} consoles, each with ${most((one) => one.events)} events`,
		`at most ${most((one) => one.repeated)} events of a console came twice and were recognised`,
		`longest silence of a console: ${most((one) => one.longestSilenceMs)} ms`
	];
}
