import { z } from 'zod';
import { graphPath } from './client.ts';
import type { MetaClient } from './client.ts';
import { classifyCode, MetaError } from './errors.ts';
import { metaId } from './json.ts';

/** For which Pages or Instagram accounts a permission was granted. */
export type GranularScope = {
	readonly scope: string;
	/** Null: for all of them. */
	readonly targetIds: readonly string[] | null;
};

/** What Meta knows of a token (PLATFORMS 1.4). */
export type TokenFacts = {
	readonly valid: boolean;
	/** `USER`, `PAGE`, `APP`, or what Meta may add. */
	readonly type: string | null;
	readonly appId: string | null;
	readonly userId: string | null;
	readonly scopes: readonly string[];
	readonly granularScopes: readonly GranularScope[];
	/** Null: no fixed end. */
	readonly expiresAt: Date | null;
	/** From then on Meta gives no data, although the token lives [unverified]. Null: no end named. */
	readonly dataAccessExpiresAt: Date | null;
	/** What is wrong with a token that is not valid. */
	readonly error: MetaError | null;
};

/** Unix seconds, where 0 stands for never. */
const moment = z
	.number()
	.int()
	.nonnegative()
	.max(8_640_000_000_000)
	.optional()
	.transform((seconds) => (seconds ? new Date(seconds * 1000) : null));

const debugAnswer = z.object({
	data: z.object({
		is_valid: z.boolean(),
		type: z.string().optional(),
		app_id: metaId.optional(),
		user_id: metaId.optional(),
		scopes: z.array(z.string()).default([]),
		granular_scopes: z
			.array(z.object({ scope: z.string(), target_ids: z.array(z.string()).optional() }))
			.default([]),
		expires_at: moment,
		data_access_expires_at: moment,
		error: z
			.object({ code: z.number().int(), subcode: z.number().int().optional() })
			.optional()
			.catch(undefined)
	})
});

function faultOf(error: { code: number; subcode?: number | undefined }): MetaError {
	const { code, subcode = null } = error;
	const kind = classifyCode(code, subcode);
	const name = subcode === null ? `${code}` : `${code}/${subcode}`;
	return new MetaError(kind, `Meta says of a token: ${name}`, { code, subcode });
}

/**
 * Asks Meta about a token of this app. The token stands in the query: Meta documents no other place
 * for it. Throws `MetaError` when the question itself fails; a dead token is an answer.
 */
export async function debugToken(
	client: MetaClient,
	token: string,
	signal?: AbortSignal
): Promise<TokenFacts> {
	const { data: answer } = await client.request(
		{
			path: graphPath('debug_token'),
			versioned: false,
			token: client.appToken(),
			query: { input_token: token },
			...(signal ? { signal } : {})
		},
		debugAnswer
	);
	const { data } = answer;
	return {
		valid: data.is_valid,
		type: data.type ?? null,
		appId: data.app_id ?? null,
		userId: data.user_id ?? null,
		scopes: data.scopes,
		granularScopes: data.granular_scopes.map(({ scope, target_ids: targetIds = null }) => ({
			scope,
			targetIds
		})),
		expiresAt: data.expires_at,
		dataAccessExpiresAt: data.data_access_expires_at,
		error: data.error ? faultOf(data.error) : null
	};
}
