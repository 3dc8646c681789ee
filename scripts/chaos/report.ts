import { VIOLATIONS } from './checks/evidence.ts';
import type { Finding, ViolationKind } from './checks/evidence.ts';
import type { RoundResult } from './round.ts';

/** What `--json` prints. */
export type ChaosResult = {
	readonly seed: number;
	readonly rounds: number;
	readonly operations: number;
	/** How often each fault struck. */
	readonly faults: Readonly<Record<string, number>>;
	readonly violations: Readonly<Record<ViolationKind, number>>;
};

/** Adds rounds up. */
export class Tally {
	readonly #seed: number;
	readonly #faults = new Map<string, { struck: number; missed: number }>();
	readonly #violations = new Map<ViolationKind, number>();
	#rounds = 0;
	#operations = 0;
	#excused = 0;

	constructor(seed: number) {
		this.#seed = seed;
	}

	add({ operations, findings, excusedLosses, notes }: RoundResult): void {
		this.#rounds++;
		this.#operations += operations;
		this.#excused += excusedLosses;
		for (const { name, note } of notes) {
			const count = this.#faults.get(name) ?? { struck: 0, missed: 0 };
			if (note === 'missed') count.missed++;
			else count.struck++;
			this.#faults.set(name, count);
		}
		for (const { kind } of findings) {
			this.#violations.set(kind, (this.#violations.get(kind) ?? 0) + 1);
		}
	}

	get isClean(): boolean {
		return this.#violations.size === 0;
	}

	get result(): ChaosResult {
		const count = (kind: ViolationKind): number => this.#violations.get(kind) ?? 0;
		const faults = [...this.#faults].toSorted(([a], [b]) => (a < b ? -1 : 1));
		return {
			seed: this.#seed,
			rounds: this.#rounds,
			operations: this.#operations,
			faults: Object.fromEntries(faults.map(([name, { struck }]) => [name, struck])),
			violations: {
				oversold: count('oversold'),
				lostAcknowledged: count('lostAcknowledged'),
				doubled: count('doubled'),
				order: count('order'),
				gaps: count('gaps'),
				clientSequence: count('clientSequence'),
				digest: count('digest'),
				staleEpoch: count('staleEpoch')
			}
		};
	}

	/** For people. */
	get text(): string {
		const { seed, rounds, operations, violations } = this.result;
		const faults = [...this.#faults].toSorted(([a], [b]) => (a < b ? -1 : 1));
		return [
			`seed ${seed}, ${rounds} rounds, ${operations} operations`,
			'',
			'faults',
			...faults.map(([name, { struck, missed }]) => {
				const note = missed > 0 ? `  (${missed} times without a chance to strike)` : '';
				return `  ${name.padEnd(28)} ${String(struck).padStart(5)}${note}`;
			}),
			'',
			`acknowledged, not yet in Postgres, and lost with a Redis that forgot: ${this.#excused}`,
			'',
			'violations',
			...VIOLATIONS.map((kind) => `  ${kind.padEnd(28)} ${String(violations[kind]).padStart(5)}`)
		].join('\n');
	}
}

const SHOWN_FINDINGS = 5;

export function describeFindings(findings: readonly Finding[]): string[] {
	const shown = findings.slice(0, SHOWN_FINDINGS).map(({ kind, message }) => `${kind}: ${message}`);
	const more = findings.length - shown.length;
	return more > 0 ? [...shown, `and ${more} more`] : shown;
}
