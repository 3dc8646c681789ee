import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TokenKey } from '../config/token-keys.ts';

/** A token that can't be sealed or opened. The message holds no secret. */
export class TokenVaultError extends Error {
	override readonly name = 'TokenVaultError';
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. */
const ENVELOPE = /^v1\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;

type Envelope = { readonly keyId: string; readonly nonce: Buffer; readonly sealed: Buffer };

/** Decodes base64url. Null for a text that no encoder writes: an envelope has one form only. */
function decode(text: string | undefined): Buffer | null {
	const bytes = Buffer.from(text ?? '', 'base64url');
	return bytes.toString('base64url') === text ? bytes : null;
}

function readEnvelope(text: string): Envelope | null {
	const [, keyId, nonceText, sealedText] = ENVELOPE.exec(text) ?? [];
	const nonce = decode(nonceText);
	const sealed = decode(sealedText);
	return keyId === undefined || nonce === null || sealed === null ? null : { keyId, nonce, sealed };
}

/** What an envelope is bound to. JSON keeps the two apart, whatever they hold. */
function associatedData(connectionId: string, purpose: string): Buffer {
	return Buffer.from(JSON.stringify(['v1', purpose, connectionId]));
}

/**
 * Keeps tokens encrypted at rest: AES-256-GCM under a random 96-bit nonce. An envelope opens only for
 * the connection and the purpose that it was sealed for, so that nobody who can write to the database
 * can put one seller's token into another's row. The first key seals, every key opens.
 */
export class TokenVault {
	readonly #keys: ReadonlyMap<string, TokenKey>;
	readonly #current: TokenKey | null;

	constructor(keys: readonly TokenKey[]) {
		this.#keys = new Map(keys.map((key) => [key.id, key]));
		this.#current = keys[0] ?? null;
	}

	/** Encrypts a token. Throws `TokenVaultError` when there are no keys. */
	seal(token: string, connectionId: string, purpose: string): string {
		if (this.#current === null) {
			throw new TokenVaultError('There is no key to keep tokens under: set TOKEN_KEYS');
		}
		const nonce = randomBytes(NONCE_BYTES);
		const cipher = createCipheriv(ALGORITHM, this.#current.key, nonce, {
			authTagLength: TAG_BYTES
		});
		cipher.setAAD(associatedData(connectionId, purpose));
		const sealed = [cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()];
		const parts = [nonce, Buffer.concat(sealed)].map((bytes) => bytes.toString('base64url'));
		return ['v1', this.#current.id, ...parts].join('.');
	}

	/**
	 * Decrypts an envelope. Throws `TokenVaultError` when it is malformed, changed, bound to something
	 * else, or sealed under a key that is not in the list.
	 */
	open(envelope: string, connectionId: string, purpose: string): string {
		const parts = readEnvelope(envelope);
		if (parts === null) throw new TokenVaultError('A stored token has no readable envelope');
		const { keyId, nonce, sealed } = parts;
		const key = this.#keys.get(keyId)?.key;
		if (key === undefined) {
			throw new TokenVaultError(`A stored token needs key “${keyId}”, which TOKEN_KEYS lacks`);
		}
		const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
		decipher.setAAD(associatedData(connectionId, purpose));
		decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
		const token = decipher.update(sealed.subarray(0, -TAG_BYTES));
		try {
			return Buffer.concat([token, decipher.final()]).toString('utf8');
		} catch {
			throw new TokenVaultError(
				`A stored token can’t be opened: it was changed, belongs to something else, or key “${keyId}” is another one now`
			);
		}
	}

	/** Whether an envelope is sealed under the first key; otherwise rotation has it to do. */
	isCurrent(envelope: string): boolean {
		return this.#current !== null && readEnvelope(envelope)?.keyId === this.#current.id;
	}
}
