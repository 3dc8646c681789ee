import { z } from 'zod';
import type { MetaErrorKind } from './errors.ts';

/** What Graph's error envelope says (PLATFORMS 1.8), without Meta's words. */
export type ErrorEnvelope = {
	readonly code: number;
	readonly subcode: number | null;
	readonly isTransient: boolean;
	readonly traceId: string | null;
	/** Whether the complaint is about `appsecret_proof`: only the words tell (PLATFORMS 1.7). */
	readonly isProofFault: boolean;
};

const graphEnvelope = z.object({
	error: z.object({
		code: z.number().int(),
		error_subcode: z.number().int().nullable().catch(null),
		is_transient: z.boolean().catch(false),
		fbtrace_id: z
			.string()
			.regex(/^[\w-]{1,100}$/)
			.nullable()
			.catch(null),
		message: z.string().catch('')
	})
});

/** Reads the envelope of graph.facebook.com and graph.instagram.com. Null: the body is no such thing. */
export function readErrorEnvelope(body: unknown): ErrorEnvelope | null {
	const error = graphEnvelope.safeParse(body).data?.error;
	if (error === undefined) return null;
	return {
		code: error.code,
		subcode: error.error_subcode,
		isTransient: error.is_transient,
		traceId: error.fbtrace_id,
		isProofFault: error.message.includes('appsecret_proof')
	};
}

/** The envelope of api.instagram.com; its code is one of HTTP, not of Graph (PLATFORMS 1.10) [unverified]. */
const instagramEnvelope = z.object({
	error_type: z.string(),
	code: z.number().int()
});

/** Reads the envelope of Instagram's token endpoint. Null: the body is no such thing. */
export function readInstagramEnvelope(
	body: unknown
): { readonly kind: MetaErrorKind; readonly code: number } | null {
	const code = instagramEnvelope.safeParse(body).data?.code;
	if (code === undefined) return null;
	if (code === 429) return { kind: 'throttled', code };
	return { kind: code >= 500 ? 'transient' : 'bad_request', code };
}
