import { FAILPOINT_FAULTS } from './failpoint-faults.ts';
import { never } from './fault.ts';
import type { Fault } from './fault.ts';
import { FREEZES } from './freezes.ts';
import { KILLS } from './kills.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { REDIS_FAULTS } from './redis-faults.ts';

const WEBHOOK_STORM: Fault = {
	name: 'webhook-storm',
	parts: [],
	loses: never,
	async strike({ crowd, random }) {
		await crowd.webhookStorm(random);
		return 'doubled, shuffled, forged';
	}
};

/** Every fault that a round may meet. */
export const FAULTS: readonly Fault[] = [
	...KILLS,
	...FAILPOINT_FAULTS,
	...FREEZES,
	...REDIS_FAULTS,
	...NETWORK_FAULTS,
	WEBHOOK_STORM
];
