import { checkClientSequence } from './client-sequence.ts';
import { checkDigests } from './digests.ts';
import { checkDoubled } from './doubled.ts';
import type { Evidence, Finding } from './evidence.ts';
import { checkGaps } from './gaps.ts';
import { checkLostAcknowledged } from './lost-acknowledged.ts';
import { checkOversold } from './oversold.ts';
import { checkQueueOrder } from './queue-order.ts';
import { checkRealTimeOrder } from './real-time-order.ts';
import { checkStaleEpoch } from './stale-epoch.ts';

const CHECKS: readonly ((evidence: Evidence) => Finding[])[] = [
	checkOversold,
	checkLostAcknowledged,
	checkDoubled,
	checkQueueOrder,
	checkRealTimeOrder,
	checkGaps,
	checkClientSequence,
	checkDigests,
	checkStaleEpoch
];

/** Everything that is wrong with a show. */
export function judge(evidence: Evidence): Finding[] {
	return CHECKS.flatMap((check) => check(evidence));
}
