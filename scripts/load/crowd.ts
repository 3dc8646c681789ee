import { answerRequests } from '../bench/helper-process.ts';
import { ConsoleSocket } from './console-socket.ts';
import { crowdRequestSchema } from './crowd-messages.ts';
import type { CrowdReport, CrowdRequest, ShowEnd } from './crowd-messages.ts';

/*
 * A process full of consoles, beside the load run: what they cost is not the application's.
 */

/** Ages that are kept: every n-th one once there are more. */
const MAX_AGES = 20_000;
const SHOWN_FAULTS = 5;

const consoles: ConsoleSocket[] = [];
const ages: number[] = [];
let ageCount = 0;

function noteAge(ageMs: number): void {
	ageCount++;
	if (ages.length < MAX_AGES) ages.push(ageMs);
	// Each of them has the same chance to be among those kept.
	else {
		const place = Math.floor(Math.random() * ageCount);
		if (place < MAX_AGES) ages[place] = ageMs;
	}
}

function connect(request: CrowdRequest & { readonly do: 'connect' }): number {
	for (const options of request.consoles) {
		consoles.push(new ConsoleSocket({ ...options, onEvent: noteAge }));
	}
	return consoles.length;
}

function look(ends: readonly ShowEnd[]): CrowdReport {
	const byShow = new Map(ends.map((end) => [end.showId, end]));
	const sum = (count: (one: ConsoleSocket) => number): number =>
		consoles.reduce((total, one) => total + count(one), 0);
	const faults = consoles.flatMap((one) => one.faults);
	return {
		connected: sum(({ check }) => (check.position ? 1 : 0)),
		arrived: sum(({ check, showId }) => {
			const end = byShow.get(showId);
			return end && check.position?.epoch === end.epoch && check.position.seq === end.seq ? 1 : 0;
		}),
		faults: faults.slice(0, SHOWN_FAULTS),
		faultCount: faults.length,
		reconnects: sum((one) => one.reconnects),
		resyncs: sum(({ check }) => Math.max(0, check.snapshots - 1)),
		deliveries: sum(({ check }) => check.events),
		folds: consoles.flatMap(({ digest, showId }) => (digest === null ? [] : [{ showId, digest }])),
		ages
	};
}

answerRequests(
	async (message) => {
		const request = crowdRequestSchema.parse(message);
		return request.do === 'connect' ? connect(request) : look(request.ends);
	},
	async () => {
		for (const one of consoles) one.close();
	}
);
