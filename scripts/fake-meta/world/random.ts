import { Random } from '../../../src/lib/server/rehearsal/generator/random.ts';

/**
 * A stream of chance for one purpose (`webhooks`, `tokens`, or one comment's id), all from the one seed:
 * what one part draws does not change what another draws.
 */
export function randomFor(seed: number, purpose: string): Random {
	let hash = 2_166_136_261 ^ seed;
	for (let index = 0; index < purpose.length; index++) {
		hash = Math.imul(hash ^ purpose.charCodeAt(index), 16_777_619);
	}
	return new Random(hash);
}
