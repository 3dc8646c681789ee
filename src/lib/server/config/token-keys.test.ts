import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../config.ts';

const services = {
	REDIS_URL: 'redis://localhost:6379',
	DATABASE_URL: 'postgres://localhost/sellary'
};
const key = (): string => randomBytes(32).toString('base64');

function faultsOf(env: Record<string, string | undefined>): string {
	try {
		readConfig(env);
	} catch (error) {
		if (error instanceof ConfigError) return error.message;
		throw error;
	}
	return '';
}

describe('the keys of tokens', () => {
	test('stay in their order and show their bytes nowhere', () => {
		const [first, second] = [key(), key()];
		const { tokenKeys } = readConfig({
			...services,
			TOKEN_KEYS: `2026-02:${first}, 2026-01:${second}`
		});
		expect(tokenKeys.map(({ id }) => id)).toEqual(['2026-02', '2026-01']);
		expect(tokenKeys[0]?.key.export().toString('base64')).toBe(first);
		const shown = inspect(tokenKeys, { depth: 10, showHidden: true }) + JSON.stringify(tokenKeys);
		expect(shown).not.toContain(first);
	});

	const [one, other] = [key(), key()];
	test.each([
		['no id', one],
		['a short key', `k1:${randomBytes(31).toString('base64')}`],
		['a long key', `k1:${randomBytes(33).toString('base64')}`],
		['hex', `k1:${randomBytes(32).toString('hex')}`],
		['an id twice', `k1:${one},k1:${other}`],
		['a key twice', `k1:${one},k2:${one}`],
		['an id with a dot', `k.1:${one}`],
		['an empty entry', `k1:${one},`]
	])('are refused with %s', (_, text) => {
		const faults = faultsOf({ ...services, TOKEN_KEYS: text });
		expect(faults).toContain('TOKEN_KEYS: ');
		for (const secret of [one, other]) expect(faults).not.toContain(secret);
	});
});
