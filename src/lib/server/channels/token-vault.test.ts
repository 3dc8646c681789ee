import { createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { TokenKey } from '../config/token-keys.ts';
import { TokenVault, TokenVaultError } from './token-vault.ts';

const TOKEN = 'EAAtesttoken';

function newKey(id: string): TokenKey {
	return { id, key: createSecretKey(randomBytes(32)) };
}

function refusal(open: () => string): string {
	try {
		return `NOT REFUSED ${open()}`;
	} catch (error) {
		if (error instanceof TokenVaultError) return inspect(error, { depth: 10, showHidden: true });
		throw error;
	}
}

describe('TokenVault', () => {
	const key = newKey('k1');
	const vault = new TokenVault([key]);
	const envelope = vault.seal(TOKEN, 'connection-1', 'page');

	test('opens what it sealed, of any length and script', () => {
		for (const token of [TOKEN, '', 'ключ 鍵 🔑', 'x'.repeat(5_000)]) {
			expect(vault.open(vault.seal(token, 'c', 'user'), 'c', 'user')).toBe(token);
		}
	});

	test('writes version, key id, a nonce of 96 bits and the rest; nothing of the token', () => {
		expect(envelope).toMatch(/^v1\.k1\.[\w-]{16}\.[\w-]+$/);
		expect(Buffer.from(envelope).toString()).not.toContain(TOKEN);
		expect(Buffer.from(envelope.split('.')[3] ?? '', 'base64url')).toHaveLength(12 + 16);
	});

	test('never seals twice in the same way', () => {
		const many = Array.from({ length: 200 }, () => vault.seal(TOKEN, 'c', 'page'));
		expect(new Set(many.map((text) => text.split('.')[2])).size).toBe(many.length);
	});

	test('opens for its own connection and purpose only', () => {
		const opened = [
			refusal(() => vault.open(envelope, 'connection-2', 'page')),
			refusal(() => vault.open(envelope, 'connection-1', 'user')),
			refusal(() => vault.open(vault.seal(TOKEN, 'ab', 'c'), 'b', 'ca')),
			refusal(() => vault.open(vault.seal(TOKEN, 'a","b', 'c'), 'b', 'c","a'))
		];
		for (const text of opened) {
			expect(text).toContain('can’t be opened');
			expect(text).not.toContain(TOKEN);
		}
	});

	test('opens no envelope in which any one character was changed', () => {
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
		for (let at = 0; at < envelope.length; at += 1) {
			for (const other of alphabet.replace(envelope[at] ?? '', '')) {
				const changed = envelope.slice(0, at) + other + envelope.slice(at + 1);
				const message = refusal(() => vault.open(changed, 'connection-1', 'page'));
				expect(message).not.toContain('NOT REFUSED');
			}
		}
	});

	test.each(['', 'v1', 'v1.k1.short.x', 'v2.k1.AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA', TOKEN])(
		'refuses what is no envelope: %s',
		(text) => {
			const message = refusal(() => vault.open(text, 'connection-1', 'page'));
			expect(message).toContain('no readable envelope');
			expect(message).not.toContain(TOKEN);
		}
	);

	test('names the key that is missing', () => {
		const other = new TokenVault([newKey('k2')]);
		expect(refusal(() => other.open(envelope, 'connection-1', 'page'))).toContain('“k1”');
	});

	test('does not open with another key of the same id', () => {
		const other = new TokenVault([newKey('k1')]);
		expect(refusal(() => other.open(envelope, 'connection-1', 'page'))).toContain(
			'can’t be opened'
		);
	});

	test('rotates: the first key seals, every key opens', () => {
		const rotated = new TokenVault([newKey('k2'), key]);
		expect(vault.isCurrent(envelope)).toBe(true);
		expect(rotated.isCurrent(envelope)).toBe(false);
		const renewed = rotated.seal(rotated.open(envelope, 'connection-1', 'page'), 'c', 'page');
		expect(rotated.isCurrent(renewed)).toBe(true);
		expect(rotated.open(renewed, 'c', 'page')).toBe(TOKEN);
		expect(rotated.isCurrent('not an envelope')).toBe(false);
	});

	test('without keys seals nothing and says which setting is missing', () => {
		expect(refusal(() => new TokenVault([]).seal(TOKEN, 'c', 'page'))).toContain('TOKEN_KEYS');
	});

	test('shows no key to whoever prints it', () => {
		const raw = key.key.export();
		const printed = inspect(vault, { depth: 10, showHidden: true }) + JSON.stringify([vault, key]);
		for (const encoding of ['hex', 'base64', 'base64url'] as const) {
			expect(printed).not.toContain(raw.toString(encoding));
		}
	});
});
