import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../src/lib/server/channels/connection-store.ts';
import type { FakePage } from '../../scripts/fake-meta/world/page.ts';
import { createMetaContext, until } from './meta-harness.ts';
import type { MetaContext } from './meta-harness.ts';
import { expectAgreement, holders } from './probes.ts';

let context: MetaContext;
let page: FakePage;
let facebook: Connection;

beforeAll(async () => {
	context = await createMetaContext();
	const person = context.fake.addPerson({ name: 'Sam Seller' });
	page = context.fake.addPage(person, { name: 'Demo Shop', instagram: { username: 'demo_shop' } });
	const connected = await context.connect();
	const of = (platform: string): Connection => {
		const found = connected.find((connection) => connection.platform === platform);
		if (!found) throw new Error(`no ${platform} connection`);
		return found;
	};
	facebook = of('facebook');
});
afterAll(() => context.close());

/** A show that listens to a new live of the page. */
async function listening(items = { '12': 1 }) {
	const { app, listen } = context;
	const showId = await app.show(items);
	const live = page.goLive({ title: 'Evening sale' });
	const channelId = await listen(showId, facebook, live);
	await until(
		'the channel is connected',
		() => context.standing(showId),
		(standing) => standing?.status === 'connected'
	);
	return { showId, live, channelId };
}

describe('a Facebook live', () => {
	test('its comments claim, in the order in which they were written', async () => {
		const { app, logged } = context;
		const { showId, live } = await listening();
		for (const user of ['u1', 'u2', 'u3']) {
			live.comment({ userId: user, userName: `Viewer ${user}`, text: 'sold 12' });
		}
		await until(
			'three comments',
			() => logged(showId),
			(comments) => comments.length === 3
		);
		expect(await holders(app, showId)).toEqual({ winners: ['u1'], waitlist: ['u2', 'u3'] });
		expectAgreement(await app.settle(showId));
	});
});
