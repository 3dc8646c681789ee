import { MetaError } from '../channels/meta/errors.ts';
import type { MetaErrorKind } from '../channels/meta/errors.ts';
import { AppError } from '../errors.ts';
import type { AppErrorCode } from '../errors.ts';

const CODES: Record<MetaErrorKind, AppErrorCode> = {
	needs_reauth: 'NEEDS_REAUTH',
	permission: 'PLATFORM_REFUSED',
	throttled: 'PLATFORM_UNAVAILABLE',
	blocked: 'PLATFORM_REFUSED',
	transient: 'PLATFORM_UNAVAILABLE',
	bad_request: 'PLATFORM_REFUSED',
	not_found: 'LIVE_NOT_FOUND',
	unknown_id: 'LIVE_NOT_FOUND'
};

/** What `call` resolves to; a platform's error becomes a refusal with its explanation. */
export async function askingPlatform<T>(call: Promise<T>): Promise<T> {
	try {
		return await call;
	} catch (error) {
		throw platformRefusal(error) ?? error;
	}
}

/** The refusal that a platform's error stands for; null for any other error. */
export function platformRefusal(error: unknown): AppError | null {
	if (!(error instanceof MetaError)) return null;
	const { kind, explanation } = error;
	return new AppError(CODES[kind], { message: explanation, cause: error });
}
