import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { setting } from './setting.ts';

/** A key that tokens are stored under. A `KeyObject` shows its bytes in no log and no JSON. */
export type TokenKey = { readonly id: string; readonly key: KeyObject };

const KEY_BYTES = 32;
const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/;

const FORM = `must be a list of id:base64 of ${KEY_BYTES} bytes, separated by commas`;

/** Reads `id:base64,id:base64`. The messages never quote the text: it is all secret. */
const tokenKeys = z.string().transform((text, context): TokenKey[] => {
	const fault = (message: string): never => {
		context.addIssue({ code: 'custom', message });
		return z.NEVER;
	};
	const keys = new Map<string, TokenKey>();
	const seen = new Set<string>();
	for (const entry of text.split(',')) {
		const [, id, encoded] = ENTRY.exec(entry.trim()) ?? [];
		if (id === undefined || encoded === undefined) return fault(FORM);
		const bytes = Buffer.from(encoded, 'base64');
		if (bytes.toString('base64') !== encoded) return fault(FORM);
		if (keys.has(id) || seen.has(encoded)) return fault('must not name an id or a key twice');
		keys.set(id, { id, key: createSecretKey(bytes) });
		seen.add(encoded);
	}
	return [...keys.values()];
});

/** The variables, to be spread into the schema of the environment. */
export const tokenKeyVariables = { TOKEN_KEYS: setting(tokenKeys.optional()) };
