import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from '@trpc/server/rpc';
import { ZodError, z } from 'zod';
import { AppError } from '../errors.ts';
import type { AppErrorCode } from '../errors.ts';
import { isOutage } from './outage.ts';

/** The one place that says which status each refusal has. */
const TRPC_CODES: Record<AppErrorCode, TRPC_ERROR_CODE_KEY> = {
	SHOW_NOT_FOUND: 'NOT_FOUND',
	SHOW_NOT_LIVE: 'CONFLICT',
	SHOW_ENDED: 'CONFLICT',
	INVALID_TRANSITION: 'CONFLICT',
	ITEM_NOT_FOUND: 'NOT_FOUND',
	ITEM_EXISTS: 'CONFLICT',
	TOO_MANY_ITEMS: 'CONFLICT',
	TOO_MANY_SHOWS: 'CONFLICT',
	ITEM_HAS_CLAIMS: 'CONFLICT',
	QUANTITY_BELOW_CLAIMED: 'CONFLICT',
	SOLD_OUT: 'CONFLICT',
	ALREADY_WINNER: 'CONFLICT',
	NOT_A_WINNER: 'CONFLICT',
	NO_ACTIVE_CLAIM: 'CONFLICT',
	UNDO_NOT_POSSIBLE: 'CONFLICT',
	BUYER_NOT_FOUND: 'NOT_FOUND',
	NOTE_CHANGED: 'CONFLICT',
	TOO_MANY_TAGS: 'CONFLICT',
	TOO_MANY_IDENTITIES: 'CONFLICT',
	BLOCK_LIST_FULL: 'CONFLICT',
	BUYER_IN_RUNNING_SHOW: 'CONFLICT',
	CHANNEL_NOT_FOUND: 'NOT_FOUND',
	CONNECTION_NOT_FOUND: 'NOT_FOUND',
	LIVE_NOT_FOUND: 'NOT_FOUND',
	LIVE_IN_USE: 'CONFLICT',
	NEEDS_REAUTH: 'CONFLICT',
	PLATFORM_REFUSED: 'CONFLICT',
	PLATFORM_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
	META_NOT_CONFIGURED: 'CONFLICT',
	CONNECT_EXPIRED: 'CONFLICT',
	INVALID_INPUT: 'BAD_REQUEST',
	SIGNED_OUT: 'UNAUTHORIZED',
	FORBIDDEN: 'FORBIDDEN',
	BAD_CREDENTIALS: 'UNAUTHORIZED',
	EMAIL_TAKEN: 'CONFLICT',
	WRONG_PASSWORD: 'FORBIDDEN',
	MEMBER_NOT_FOUND: 'NOT_FOUND',
	LAST_OWNER: 'CONFLICT',
	ALREADY_MEMBER: 'CONFLICT',
	SESSION_NOT_FOUND: 'NOT_FOUND',
	INVITE_NOT_FOUND: 'NOT_FOUND',
	TOO_LARGE: 'PAYLOAD_TOO_LARGE',
	RATE_LIMITED: 'TOO_MANY_REQUESTS',
	BAD_ORIGIN: 'FORBIDDEN',
	UNAVAILABLE: 'SERVICE_UNAVAILABLE'
};

/** `INTERNAL`: a fault of ours. `INVALID_REQUEST`: a call that is none, e.g. to an unknown procedure. */
export type ApiErrorCode = AppErrorCode | 'INTERNAL' | 'INVALID_REQUEST';

/** An error as clients get it, over HTTP and over the socket. */
export type ApiErrorShape = {
	readonly message: string;
	readonly code: TRPC_ERROR_CODE_NUMBER;
	readonly data: {
		readonly code: TRPC_ERROR_CODE_KEY;
		readonly httpStatus: number;
		/** The stable code to branch on. */
		readonly appCode: ApiErrorCode;
		/** Facts of the refusal, e.g. `fields` (messages by field) for `INVALID_INPUT`. */
		readonly details: Record<string, unknown>;
		/** Names the line in the server's log. */
		readonly requestId: string | null;
	};
};

function fieldMessages(error: ZodError): Record<string, string[]> {
	const fields: Record<string, string[]> = {};
	for (const issue of error.issues) {
		const name = issue.path.map(String).join('.');
		(fields[name] ??= []).push(issue.message);
	}
	return fields;
}

function invalidInput(error: ZodError): AppError {
	const [first] = error.issues;
	const where = first?.path.map(String).join('.') ?? '';
	const message = first ? (where === '' ? first.message : `${where}: ${first.message}`) : undefined;
	return new AppError('INVALID_INPUT', {
		...(message === undefined ? {} : { message }),
		details: { fields: fieldMessages(error) },
		cause: error
	});
}

/** The refusal that an error stands for; null when it is a fault of ours or no refusal of the app. */
export function findAppError(error: unknown): AppError | null {
	if (error instanceof AppError) return error;
	if (error instanceof TRPCError) {
		// Only an input parser answers BAD_REQUEST; a reply of Redis that does not fit is our fault.
		if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError)
			return invalidInput(error.cause);
		return error.cause === undefined ? null : findAppError(error.cause);
	}
	return isOutage(error) ? new AppError('UNAVAILABLE', { cause: error }) : null;
}

/** Without a better word, when to come back after an outage, in seconds. */
const OUTAGE_RETRY_SECONDS = 2;
const retryDetails = z.object({ retryAfterSeconds: z.number().int().positive() });

/** In how many seconds the same may work, for `Retry-After`; null when trying again does not help. */
export function retryAfterSeconds(refusal: AppError): number | null {
	const known = retryDetails.safeParse(refusal.details);
	if (known.success) return known.data.retryAfterSeconds;
	return refusal.code === 'UNAVAILABLE' ? OUTAGE_RETRY_SECONDS : null;
}

/** As a `TRPCError` with the right code, whatever it was. */
export function toTrpcError(error: unknown): TRPCError {
	const refusal = findAppError(error);
	if (refusal) {
		return new TRPCError({
			code: TRPC_CODES[refusal.code],
			message: refusal.message,
			cause: refusal
		});
	}
	return error instanceof TRPCError
		? error
		: new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error });
}

/** Whether the error is a fault of ours, which belongs into the log with its stack. */
export function isUnexpected(error: unknown): boolean {
	return toTrpcError(error).code === 'INTERNAL_SERVER_ERROR';
}

function describe(
	error: TRPCError,
	requestId: string | null
): Pick<ApiErrorShape, 'message'> & {
	appCode: ApiErrorCode;
	details: Record<string, unknown>;
} {
	if (error.cause instanceof AppError) {
		return { message: error.message, appCode: error.cause.code, details: error.cause.details };
	}
	// tRPC's own refusals (unknown procedure, wrong method, bad JSON) speak of the request alone.
	if (error.code !== 'INTERNAL_SERVER_ERROR') {
		return { message: error.message, appCode: 'INVALID_REQUEST', details: {} };
	}
	const reference = requestId === null ? '' : ` (reference ${requestId})`;
	return {
		message: `Something went wrong on our side. Please try again${reference}.`,
		appCode: 'INTERNAL',
		details: {}
	};
}

/** What a client learns of an error: never a stack, never the text of an unexpected one. */
export function errorShape(error: unknown, requestId: string | null): ApiErrorShape {
	const mapped = toTrpcError(error);
	const { message, appCode, details } = describe(mapped, requestId);
	return {
		message,
		code: TRPC_ERROR_CODES_BY_KEY[mapped.code],
		data: {
			code: mapped.code,
			httpStatus: getHTTPStatusCodeFromError(mapped),
			appCode,
			details,
			requestId
		}
	};
}
