import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../src/lib/server/channels/connection-store.ts';
import { persistedPosition } from '../../src/lib/server/history/postgres-state.ts';
import { comeToRest } from './at-rest.ts';
import { judge } from './checks/all.ts';
import type { Evidence, Finding } from './checks/evidence.ts';
import { losses } from './checks/lost-acknowledged.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { Recorder } from './history.ts';
import type { Api } from './load/api.ts';
import { Console } from './load/console.ts';
import { Crowd } from './load/crowd.ts';
import { openShow } from './load/target-show.ts';
import type { TargetShow } from './load/target-show.ts';
import type { RoundPlan } from './plan.ts';
import type { Stage } from './stage/stage.ts';

const SHOWS = 2;
const CONSOLES_PER_SHOW = 2;
const AFTER_THE_LAST_FAULT_MS = 400;
/** How often a show is looked at that changes meanwhile. */
const MAX_LOOKS = 10;

export type RoundResult = {
	readonly operations: number;
	readonly findings: readonly Finding[];
	/** What was acknowledged and is gone, as a fault of the round may take it. */
	readonly excusedLosses: number;
	/** What came of each fault. */
	readonly notes: readonly { readonly name: string; readonly note: string }[];
	readonly historyFile: string;
	readonly ms: number;
};

export type Scene = {
	readonly stage: Stage;
	readonly api: Api;
	readonly connection: Connection;
	readonly signal: AbortSignal;
};

/** Plays one round: load, faults, calm, judgement. */
export async function playRound(
	scene: Scene,
	number: number,
	plan: RoundPlan
): Promise<RoundResult> {
	const { stage, api } = scene;
	const startedAt = performance.now();
	const historyFile = join(stage.folder, `round-${number}.jsonl`);
	const recorder = new Recorder(historyFile);
	await stage.flushes(plan.aof);
	const shows: TargetShow[] = [];
	for (let count = 0; count < SHOWS; count++) {
		shows.push(await openShow(stage, api, scene.connection));
	}
	const consoles = shows.flatMap((show, index) =>
		Array.from({ length: CONSOLES_PER_SHOW }, (_, seat) => ({
			showId: show.id,
			console: new Console(`console ${index + 1}.${seat + 1}`, show.id, api, recorder)
		}))
	);
	const webhookSecret = stage.meta.env['META_APP_SECRET'] ?? '';
	const crowd = new Crowd({ api, shows, recorder, random: plan.random.fork(), webhookSecret });
	try {
		crowd.start();
		const notes = await strike(scene, plan, crowd, recorder, shows);
		plan.random.pick(consoles).console.hangUp();
		await sleep(AFTER_THE_LAST_FAULT_MS);
		await stage.revive();
		await crowd.finish();
		await crowd.sayGoodbye();
		const findings: Finding[] = [];
		let excusedLosses = 0;
		for (const show of shows) {
			const { evidence, unrest } = await gatherAtRest(scene, show, consoles, historyFile);
			if (unrest !== null) {
				findings.push({ kind: 'digest', message: `did not come to rest: ${unrest}` });
			}
			if (!evidence) continue;
			findings.push(...judge(evidence));
			excusedLosses += countExcused(evidence);
		}
		for (const show of shows) await api.must('shows.end', { showId: show.id }, 'SHOW_ENDED');
		const { operations } = recorder;
		const ms = performance.now() - startedAt;
		return { operations, findings, excusedLosses, notes, historyFile, ms };
	} finally {
		await crowd.abandon();
		for (const { console } of consoles) console.close();
	}
}

/** What is known of a show when nothing is on its way any more, and what still is if it takes too long. */
async function gatherAtRest(
	{ stage, signal }: Scene,
	show: TargetShow,
	consoles: readonly { readonly showId: string; readonly console: Console }[],
	historyFile: string
): Promise<{ readonly evidence: Evidence | null; readonly unrest: string | null }> {
	for (let look = 1; ; look++) {
		const unrest = await comeToRest(stage, [show], consoles, signal);
		const evidence = await gatherEvidence(stage, show.id, historyFile, consoles);
		if (evidence || unrest !== null) return { evidence, unrest };
		if (look === MAX_LOOKS) return { evidence, unrest: 'it changes whenever it is looked at' };
	}
}

function countExcused(evidence: Evidence): number {
	return losses(evidence).filter(({ excused }) => excused).length;
}

async function strike(
	{ stage, signal }: Scene,
	{ faults, overlapping, random, aof }: RoundPlan,
	crowd: Crowd,
	recorder: Recorder,
	shows: readonly TargetShow[]
): Promise<{ name: string; note: string }[]> {
	const notes: { name: string; note: string }[] = [];
	const one = async ({ fault, delayMs }: RoundPlan['faults'][number]): Promise<void> => {
		await sleep(delayMs);
		signal.throwIfAborted();
		const loses = fault.loses(aof);
		if (loses) await noteDurable(stage, recorder, shows);
		const rewinds = fault.rewinds?.(aof) ?? false;
		recorder.note({ type: 'fault', name: fault.name, loses, rewinds });
		const note = await fault.strike({ stage, crowd, shows, random: random.fork(), aof });
		recorder.note({ type: 'healed', name: fault.name, note });
		notes.push({ name: fault.name, note });
	};
	if (overlapping) await Promise.all(faults.map(one));
	else for (const fault of faults) await one(fault);
	return notes;
}

/** What Postgres has now stays, whatever Redis forgets. Where it can't be asked, nothing is claimed. */
async function noteDurable(
	stage: Stage,
	recorder: Recorder,
	shows: readonly TargetShow[]
): Promise<void> {
	for (const { id } of shows) {
		const position = await persistedPosition(stage.observer.db, id).catch(() => null);
		if (position) recorder.note({ type: 'durable', showId: id, position });
	}
}
