import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { APIRequestContext } from '@playwright/test';
import { projectRoot } from '../../src/lib/server/project-root.ts';
import { viewerOf } from './drafts.ts';
import { PASSWORD, expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';

type Row = {
	readonly methods: readonly string[];
	/**
	 * `public`: answers everybody alike. `operator`: owners and operators, each about their own workspace.
	 * `show`: members of the show's workspace, whatever their role; for others the show does not exist.
	 * `elsewhere`: held by `why`.
	 */
	readonly access: 'public' | 'operator' | 'show' | 'elsewhere';
	readonly why?: string;
	/** What stands for the parameters beside a show's id. */
	readonly params?: Readonly<Record<string, string>>;
};

const EXPORTS = '(app)/shows/[id]/exports';
const SIGNED_BY_META = 'Meta’s signature: webhook and callback tests';

/** Every endpoint of the app, by its folder in `src/routes`. One that is missing here fails the test. */
const ENDPOINTS: Record<string, Row> = {
	'api/trpc/[...path]': {
		methods: ['GET', 'POST'],
		access: 'elsewhere',
		why: 'tests/integration/api-scope.test.ts'
	},
	'health/live': { methods: ['GET'], access: 'public' },
	'health/ready': { methods: ['GET'], access: 'public' },
	metrics: {
		methods: ['GET'],
		access: 'elsewhere',
		why: 'a bearer token: tests/e2e/metrics.spec.ts'
	},
	'webhooks/meta': { methods: ['GET', 'POST'], access: 'elsewhere', why: SIGNED_BY_META },
	'webhooks/meta/deauthorize': { methods: ['POST'], access: 'elsewhere', why: SIGNED_BY_META },
	'webhooks/meta/data-deletion': { methods: ['POST'], access: 'elsewhere', why: SIGNED_BY_META },
	'(app)/connections/callback/[login]': {
		methods: ['GET'],
		access: 'elsewhere',
		why: 'always a redirect: tests/e2e/connections.spec.ts'
	},
	'(app)/audit/export': { methods: ['GET'], access: 'operator' },
	[EXPORTS]: { methods: ['GET'], access: 'show' },
	[`${EXPORTS}/[file]`]: {
		methods: ['GET', 'HEAD'],
		access: 'show',
		params: { file: 'claims.csv' }
	}
};

const ROUTES = join(projectRoot(), 'src', 'routes');
const EXPORTED =
	/^export (?:const|(?:async )?function) (GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|fallback)\b/gm;

/** The endpoints that there are, with the methods that they answer. */
function foundEndpoints(): Record<string, string[]> {
	const files = readdirSync(ROUTES, { recursive: true, encoding: 'utf8' })
		.map((name) => name.split(sep).join('/'))
		.filter((name) => name.endsWith('/+server.ts'));
	return Object.fromEntries(
		files.map((file) => {
			const methods = readFileSync(join(ROUTES, file), 'utf8').matchAll(EXPORTED);
			return [
				file.replace('/+server.ts', ''),
				[...methods].map(([, method = '']) => method).sort()
			];
		})
	);
}

test('the table names every endpoint with its methods, and nothing else', () => {
	const table = Object.entries(ENDPOINTS).map(([path, { methods }]) => [path, [...methods].sort()]);
	expect(foundEndpoints()).toEqual(Object.fromEntries(table));
});

/** The address of an endpoint for a show. */
function addressOf(path: string, showId: string): string {
	const filled = path
		.split('/')
		.filter((part) => !/^\(.*\)$/.test(part))
		.map((part) => {
			const name = /^\[(.*)\]$/.exec(part)?.[1];
			return name === undefined ? part : (ENDPOINTS[path]?.params?.[name] ?? showId);
		});
	return `/${filled.join('/')}`;
}

/** Status of the answer, and where it leads: `200`, `303 /sign-in`. */
async function outcome(
	request: APIRequestContext,
	method: string,
	address: string
): Promise<string> {
	const response = await request.fetch(address, { method, maxRedirects: 0 });
	const [location = ''] = (response.headers()['location'] ?? '').split('?');
	return `${response.status()} ${location}`.trim();
}

/** An operator of the account's workspace. */
async function operatorOf(server: Server, account: Account): Promise<Account> {
	const operator = await viewerOf(server, account);
	await server.context.db
		.updateTable('members')
		.set({ role: 'operator' })
		.where('workspace_id', '=', account.workspaceId)
		.where('user_id', 'in', (eb) =>
			eb.selectFrom('users').select('id').where('email', '=', operator.email)
		)
		.execute();
	return operator;
}

test('every endpoint answers owner, operator, viewer, another workspace and the signed out as its row says', async ({
	playwright,
	server
}) => {
	const owner = await server.account();
	const showId = await server.show(owner, { '12': 1 });
	await server.say(showId, 'ana', 'sold 12');
	await server.context.actions.changeStatus(showId, 'ended', 'user:test');
	const persisted = () =>
		server.context.db
			.selectFrom('shows')
			.select('status')
			.where('id', '=', showId)
			.executeTakeFirst();
	await expect.poll(async () => (await persisted())?.status).toBe('ended');

	const contexts: APIRequestContext[] = [];
	const signedIn = async (account: Account | null): Promise<APIRequestContext> => {
		const context = await playwright.request.newContext({ baseURL: server.app.origin });
		contexts.push(context);
		if (account === null) return context;
		const data = { email: account.email, password: PASSWORD };
		const answer = await context.post('/api/trpc/auth.signIn', {
			data,
			headers: { origin: server.app.origin }
		});
		expect(answer.status()).toBe(200);
		return context;
	};
	const everybody = {
		owner: await signedIn(owner),
		operator: await signedIn(await operatorOf(server, owner)),
		viewer: await signedIn(await viewerOf(server, owner)),
		stranger: await signedIn(await server.account()),
		signedOut: await signedIn(null)
	};

	const expected = {
		public: { owner: '200', operator: '200', viewer: '200', stranger: '200', signedOut: '200' },
		operator: {
			...{ owner: '200', operator: '200', viewer: '403', stranger: '200' },
			signedOut: '303 /sign-in'
		},
		show: {
			...{ owner: '200', operator: '200', viewer: '200', stranger: '404' },
			signedOut: '303 /sign-in'
		}
	};
	for (const [path, { methods, access }] of Object.entries(ENDPOINTS)) {
		if (access === 'elsewhere') continue;
		for (const method of methods) {
			const found: Record<string, string> = {};
			for (const [who, request] of Object.entries(everybody)) {
				found[who] = await outcome(request, method, addressOf(path, showId));
			}
			expect(found, `${method} ${path}`).toEqual(expected[access]);
		}
	}
	// An id that nobody has, and a text that is none, are answered like another workspace's show.
	for (const id of [crypto.randomUUID(), 'no-id']) {
		const address = addressOf(`${EXPORTS}/[file]`, id);
		expect(await outcome(everybody.owner, 'GET', address)).toBe('404');
	}
	await Promise.all(contexts.map((context) => context.dispose()));
});
