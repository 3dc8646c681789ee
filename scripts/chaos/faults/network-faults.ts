import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../stage/fault-proxy.ts';
import type { SeededRandom } from '../random.ts';
import { never } from './fault.ts';
import type { Fault } from './fault.ts';

const SIDES = ['web', 'worker'] as const;
const SERVICES = ['redis', 'postgres'] as const;

type Trouble = (proxy: FaultProxy, random: SeededRandom) => Promise<void>;

async function resetNow(proxy: FaultProxy, random: SeededRandom): Promise<void> {
	const times = random.between(2, 8);
	for (let time = 0; time < times; time++) {
		proxy.resetInMidReply();
		await sleep(random.between(20, 150));
	}
	proxy.heal();
}

async function stallNow(proxy: FaultProxy, random: SeededRandom): Promise<void> {
	proxy.stall();
	await sleep(random.between(300, 2_000));
	proxy.heal();
}

async function cutNow(proxy: FaultProxy, random: SeededRandom): Promise<void> {
	proxy.cut();
	await sleep(random.between(100, 1_500));
	proxy.heal();
}

function networkFault(
	name: string,
	services: readonly (typeof SERVICES)[number][],
	trouble: Trouble
): Fault[] {
	return services.map((service) => ({
		name: `${service}-${name}`,
		parts: ['web-network', 'worker-network'],
		loses: never,
		async strike({ stage, random }) {
			const sides = random.chance(40) ? SIDES : [random.pick(SIDES)];
			await Promise.all(sides.map((side) => trouble(stage.network[service][side], random.fork())));
			return sides.join(' and ');
		}
	}));
}

/** Troubles between the processes and their servers. */
export const NETWORK_FAULTS: readonly Fault[] = [
	...networkFault('reset', SERVICES, resetNow),
	...networkFault('stall', SERVICES, stallNow),
	...networkFault('cut', SERVICES, cutNow),
	{
		name: 'pubsub-cut',
		parts: ['web-network'],
		loses: never,
		async strike({ stage, random }) {
			stage.network.redis.web.cutSubscribers();
			await sleep(random.between(200, 1_500));
			stage.network.redis.web.heal();
			return 'no messages for a while';
		}
	}
];
