import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { APP_ERRORS, AppError, isAppErrorCode } from '../errors.ts';
import { errorShape, findAppError, isUnexpected } from './errors.ts';
import { isOutage } from './outage.ts';

function errorWith(code: string, message: string): Error {
	return Object.assign(new Error(message), { code });
}

function inputError(value: unknown): TRPCError {
	const parsed = z.object({ name: z.string().min(1, 'Please enter a name.') }).safeParse(value);
	return new TRPCError({ code: 'BAD_REQUEST', cause: parsed.error });
}

describe('errorShape', () => {
	test.each(Object.keys(APP_ERRORS).filter(isAppErrorCode))(
		'%s keeps its code and message',
		(code) => {
			const shape = errorShape(new AppError(code, { details: { n: 1 } }), 'r1');
			expect(shape.message).toBe(APP_ERRORS[code]);
			expect(shape.data).toMatchObject({ appCode: code, details: { n: 1 }, requestId: 'r1' });
			expect(shape.data.httpStatus).toBeGreaterThanOrEqual(400);
			expect(shape.data.code).not.toBe('INTERNAL_SERVER_ERROR');
		}
	);

	test.each([
		['SHOW_NOT_FOUND', 404],
		['SOLD_OUT', 409],
		['INVALID_INPUT', 400],
		['SIGNED_OUT', 401],
		['FORBIDDEN', 403],
		['RATE_LIMITED', 429],
		['UNAVAILABLE', 503]
	] as const)('%s is HTTP %i', (code, status) => {
		expect(errorShape(new AppError(code), null).data.httpStatus).toBe(status);
	});

	test('a refusal inside a TRPCError is found', () => {
		const wrapped = new TRPCError({
			code: 'INTERNAL_SERVER_ERROR',
			cause: new AppError('SOLD_OUT')
		});
		expect(errorShape(wrapped, null).data).toMatchObject({ appCode: 'SOLD_OUT', code: 'CONFLICT' });
	});

	test('bad input names the fields', () => {
		const { message, data } = errorShape(inputError({ name: '' }), null);
		expect(data.appCode).toBe('INVALID_INPUT');
		expect(data.details).toEqual({ fields: { name: ['Please enter a name.'] } });
		expect(message).toContain('Please enter a name.');
	});

	test('an unexpected error says nothing but the reference', () => {
		const shape = errorShape(new Error('password of postgres://u:hunter2@db is wrong'), 'ref-1');
		expect(shape.data).toMatchObject({ appCode: 'INTERNAL', httpStatus: 500, details: {} });
		expect(shape.message).toContain('ref-1');
		expect(JSON.stringify(shape)).not.toContain('hunter2');
		expect(JSON.stringify(shape)).not.toContain('stack');
	});

	test('our own bad data is our fault, not the caller’s', () => {
		const parsed = z.string().safeParse(1);
		const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: parsed.error });
		expect(errorShape(error, null).data.appCode).toBe('INTERNAL');
		expect(isUnexpected(error)).toBe(true);
	});

	test('an unknown procedure stays NOT_FOUND', () => {
		const error = new TRPCError({ code: 'NOT_FOUND', message: 'No procedure found on path "x"' });
		expect(errorShape(error, null).data).toMatchObject({
			httpStatus: 404,
			appCode: 'INVALID_REQUEST'
		});
		expect(isUnexpected(error)).toBe(false);
	});
});

describe('an outage', () => {
	test.each([
		['a refused connection', errorWith('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432')],
		['Postgres shutting down', errorWith('57P01', 'terminating connection')],
		['Postgres starting', errorWith('57P03', 'the database system is starting up')],
		['Postgres without free connections', errorWith('53300', 'sorry, too many clients already')],
		['a pool that waited too long', new Error('timeout exceeded when trying to connect')],
		['a lost pool connection', new Error('Connection terminated unexpectedly')],
		['ioredis giving up', new Error('Reached the max retries per request limit (which is 3).')],
		['ioredis timing out', new Error('Command timed out')],
		['Redis loading its data', new Error('LOADING Redis is loading the dataset in memory')],
		['Redis out of memory', new Error('OOM command not allowed')],
		['every address refused', new AggregateError([errorWith('ECONNREFUSED', 'x')])]
	])('%s is UNAVAILABLE', (_, error) => {
		expect(isOutage(error)).toBe(true);
		expect(findAppError(error)?.code).toBe('UNAVAILABLE');
		expect(isUnexpected(error)).toBe(false);
	});

	test.each([
		['a broken rule of a table', errorWith('23505', 'duplicate key value')],
		['bad SQL', errorWith('42601', 'syntax error')],
		['a programmer’s error', new TypeError('x is not a function')],
		['a script’s error', new Error('ERR user_script:1: boom')],
		['no error', 'ECONNREFUSED']
	])('%s is none', (_, error) => {
		expect(isOutage(error)).toBe(false);
		expect(isUnexpected(error)).toBe(true);
	});
});
