import { describe, expect, test } from 'vitest';
import type { Member } from './auth/member.ts';
import { AppError } from './errors.ts';
import { RequestLimits } from './protection/request-limits.ts';
import { RequestGate } from './request-gate.ts';
import type { GatedRequest } from './request-gate.ts';

const LIMITS = {
	memberCallsPerSecond: 10,
	addressRequestsPerSecond: 20,
	addressSockets: 30,
	workspaceSockets: 40
};

function gateOf(environment: 'production' | 'development' = 'production'): RequestGate {
	const limits = new RequestLimits(LIMITS, () => 0);
	return new RequestGate({ limits, config: { environment } });
}

function request(more: Partial<GatedRequest> = {}): GatedRequest {
	return {
		method: 'GET',
		pathname: '/dashboard',
		headers: new Headers(),
		address: '192.0.2.1',
		sessionId: null,
		...more
	};
}

const member: Member = {
	userId: 'ana',
	name: 'Ana',
	email: 'ana@sellary.example',
	sessionId: 's'.repeat(40),
	expiresAt: new Date(0),
	fresh: false,
	workspace: { id: 'w1', name: 'Ana’s shop', timeZone: 'UTC' },
	role: 'owner'
};

/** The code of each refusal, `ok` for what was let in. */
async function outcomes(
	count: number,
	admit: () => Promise<unknown>
): Promise<Record<string, number>> {
	const counts: Record<string, number> = {};
	for (let n = 0; n < count; n++) {
		const code = await admit().then(
			() => 'ok',
			(error: unknown) => (error instanceof AppError ? error.code : String(error))
		);
		counts[code] = (counts[code] ?? 0) + 1;
	}
	return counts;
}

const nothing = () => Promise.resolve();

describe('an address', () => {
	test('has its rate whatever it asks for, also of the API', async () => {
		const gate = gateOf();
		const api = request({ pathname: '/api/trpc/shows.list' });
		expect(await outcomes(60, () => gate.run(request(), nothing))).toEqual({ ok: 60 });
		expect(await outcomes(60, () => gate.run(api, nothing))).toEqual({ ok: 40, RATE_LIMITED: 20 });
	});

	test('may make thousands of comments, but only where there are debug procedures', async () => {
		const debug = request({ method: 'POST', pathname: '/api/trpc/debug.emitComment' });
		const make = (gate: RequestGate) => outcomes(5_000, () => gate.run(debug, nothing));
		expect(await make(gateOf('development'))).toEqual({ ok: 5_000 });
		expect(await make(gateOf('production'))).toEqual({ ok: 100, RATE_LIMITED: 4_900 });
	});
});

test('one session can’t have more than thirty requests in flight, while its neighbour is served', async () => {
	const gate = gateOf();
	const gated = Promise.withResolvers<string>();
	const of = (sessionId: string) => request({ sessionId });
	const slow = Array.from({ length: 40 }, () => gate.run(of('slow'), () => gated.promise));
	expect(await gate.run(of('quick'), () => Promise.resolve('served'))).toBe('served');
	gated.resolve('at last');
	const settled = await Promise.allSettled(slow);
	expect(settled.filter(({ status }) => status === 'fulfilled').length).toBe(30);
});

describe('a form', () => {
	const form = (headers: Record<string, string>) =>
		request({ method: 'POST', headers: new Headers(headers) });
	const codes = (headers: Record<string, string>) =>
		outcomes(1, () => gateOf().run(form(headers), nothing));

	test('is refused when it is larger than a megabyte, or does not say', async () => {
		expect(await codes({ 'content-length': '1048576' })).toEqual({ ok: 1 });
		expect(await codes({ 'content-length': '1048577' })).toEqual({ TOO_LARGE: 1 });
		expect(await codes({ 'transfer-encoding': 'chunked' })).toEqual({ TOO_LARGE: 1 });
		expect(await codes({})).toEqual({ ok: 1 });
	});

	test('counts as a change, a page as a query, a call of the API as neither', async () => {
		const gate = gateOf();
		const admit = (one: GatedRequest) =>
			outcomes(200, async () => {
				await Promise.resolve();
				gate.admitPage(one, member);
			});
		expect(await admit(form({}))).toEqual({ ok: 25, RATE_LIMITED: 175 });
		expect(await admit(request())).toEqual({ ok: 50, RATE_LIMITED: 150 });
		expect(await admit(request({ pathname: '/api/trpc/shows.list' }))).toEqual({ ok: 200 });
	});
});
