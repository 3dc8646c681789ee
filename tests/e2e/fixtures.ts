import { test as base } from '@playwright/test';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { freePort, startApp } from '../../scripts/lib/app-process.ts';
import type { AppProcess } from '../../scripts/lib/app-process.ts';
import { ensureServices } from '../../scripts/services/ensure.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { migrateToLatest } from '../../src/lib/server/history/database.ts';

export const PASSWORD = 'first-comment-wins';

export type Account = {
	readonly email: string;
	readonly name: string;
	readonly workspaceId: string;
};

export type Server = {
	/** The running production build. */
	app: AppProcess;
	/** The same services from this process: comments come in as from a channel in another process. */
	readonly context: AppContext;
	/** Ends the application and starts it again on the same port and services. */
	restart(): Promise<void>;
	/** A new operator with a workspace of their own. */
	account(): Promise<Account>;
	/** An active show with items `{number: quantity}`. */
	show(account: Account, items?: Record<string, number>): Promise<string>;
	/** Takes a comment in. */
	say(showId: string, user: string, text: string): Promise<void>;
};

async function startServer(
	fromPort: number,
	serverEnv: Readonly<Record<string, string>>
): Promise<{ server: Server; stop: () => Promise<void> }> {
	const services = await ensureServices({ redisKind: 'wasm', ephemeral: true });
	const { redisUrl, databaseUrl } = services;
	const env = { ...serverEnv, REDIS_URL: redisUrl, DATABASE_URL: databaseUrl };
	const context = await createAppContext(
		readConfig({ ...env, NODE_ENV: 'test', LOG_LEVEL: 'silent', ROLE: 'web' })
	);
	await migrateToLatest(context.db);
	const port = await freePort(fromPort);
	const start = (): Promise<AppProcess> =>
		startApp(port, { ...env, ROLE: 'all', LOG_LEVEL: 'error' });
	let comments = 0;
	const server: Server = {
		app: await start(),
		context,
		async restart() {
			await server.app.stop();
			server.app = await start();
		},
		async account() {
			const name = `Operator ${randomUUID().slice(0, 8)}`;
			const email = `${randomUUID()}@sellary.example`;
			// Each account from an address of its own: registering is limited per address.
			const address = `10.0.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`;
			const member = await context.auth.register(
				{ email, password: PASSWORD, name, workspaceName: `${name}’s shop` },
				{ address }
			);
			return { email, name, workspaceId: member.workspace.id };
		},
		async show(account, items = { '12': 1 }) {
			const showId = await createShow(context.db, {
				workspaceId: account.workspaceId,
				name: 'Friday sale',
				claimWord: 'sold',
				passWord: 'pass'
			});
			for (const [number, quantity] of Object.entries(items)) {
				await context.actions.addItem(
					showId,
					{ number, title: `Item ${number}`, quantity },
					'user:test'
				);
			}
			await context.actions.changeStatus(showId, 'activated', 'user:test');
			return showId;
		},
		async say(showId, user, text) {
			await context.comments.take(showId, {
				platform: 'facebook',
				liveId: 'live-1',
				commentId: `e2e-${comments++}`,
				userId: user,
				userHandle: user,
				text
			});
		}
	};
	return {
		server,
		async stop() {
			await server.app.stop();
			await context.close();
			await services.stop();
		}
	};
}

/**
 * Makes `goto`, `reload` and `goBack` wait until the page listens to its user, as a person does without knowing: a
 * key pressed in the first instants goes nowhere. What was typed into a field by then is another matter
 * (early-typing.spec.ts).
 */
function awaitHydration(page: Page): void {
	const hydrated = async (): Promise<void> => {
		await page.waitForFunction(
			() =>
				'hydrated' in document.documentElement.dataset ||
				!document.documentElement.innerHTML.includes('__sveltekit_')
		);
	};
	const goto = page.goto.bind(page);
	page.goto = async (...args) => {
		const response = await goto(...args);
		await hydrated();
		return response;
	};
	const reload = page.reload.bind(page);
	page.reload = async (...args) => {
		const response = await reload(...args);
		await hydrated();
		return response;
	};
	const goBack = page.goBack.bind(page);
	page.goBack = async (...args) => {
		const response = await goBack(...args);
		await hydrated();
		return response;
	};
}

/** Has every page of the browser wait to be hydrated, unless it has no scripts or the test says no. */
function openPagesHydrated(browser: Browser): void {
	const newContext = browser.newContext.bind(browser);
	browser.newContext = async (options?: BrowserContextOptions) => {
		const context = await newContext(options);
		if (options?.javaScriptEnabled !== false) context.on('page', awaitHydration);
		return context;
	};
}

/** Tests against the production build, with a server that is shared by the whole run. */
export const test = base.extend<object, { serverEnv: Record<string, string>; server: Server }>({
	/** What the server is told beside its services. */
	serverEnv: [{}, { scope: 'worker' }],
	server: [
		async ({ serverEnv }, use, { parallelIndex }) => {
			const { server, stop } = await startServer(4300 + 100 * parallelIndex, serverEnv);
			await use(server);
			await stop();
		},
		{ scope: 'worker', timeout: 180_000 }
	],
	browser: [
		async ({ browser }, use) => {
			openPagesHydrated(browser);
			await use(browser);
		},
		{ scope: 'worker' }
	],
	baseURL: async ({ server }, use) => use(server.app.origin)
});

export { expect } from '@playwright/test';
