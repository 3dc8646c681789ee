import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { FakeMeta } from '../../scripts/fake-meta/server.ts';
import type { FakePage, FakePerson } from '../../scripts/fake-meta/world/page.ts';
import { test as base } from './fixtures.ts';

/** Somebody with pages, who is the one that Meta's dialog greets. */
export type Seller = {
	readonly person: FakePerson;
	/** A page of theirs; with an Instagram account of that name, when told. */
	page(name: string, instagram?: string): FakePage;
};

type MetaFixtures = { readonly seller: Seller };
type MetaWorkerFixtures = { readonly fakeMeta: FakeMeta };

/** As `test` of fixtures.ts, with a server whose Meta is a stand-in in this process. */
export const test = base.extend<MetaFixtures, MetaWorkerFixtures>({
	fakeMeta: [
		// eslint-disable-next-line no-empty-pattern -- Playwright reads the fixture's needs from the pattern
		async ({}, use) => {
			const fake = await FakeMeta.start();
			console.log(`fake Meta: seed ${fake.seed}`);
			await use(fake);
			await fake.stop();
		},
		{ scope: 'worker' }
	],
	serverEnv: [
		async ({ fakeMeta }, use) => {
			const TOKEN_KEYS = `test:${randomBytes(32).toString('base64')}`;
			await use({ ...fakeMeta.env, TOKEN_KEYS });
		},
		{ scope: 'worker' }
	],
	seller: async ({ fakeMeta }, use) => {
		const person = fakeMeta.addPerson({ name: 'Nora Seller' });
		fakeMeta.knobs.preset('quiet');
		fakeMeta.knobs.set({ dialog: { as: person.id } });
		await fakeMeta.admin('heal', {});
		fakeMeta.calls.reset();
		await use({
			person,
			page: (name, instagram) =>
				fakeMeta.addPage(person, {
					name,
					...(instagram === undefined ? {} : { instagram: { username: instagram } })
				})
		});
	}
});

/** Begins Facebook's login on the connections page; ends in the dialog. */
export async function openDialog(page: Page): Promise<void> {
	await page.goto('/connections');
	await page.getByRole('button', { name: 'Connect Facebook Page' }).click();
	await expect(page.getByRole('heading', { name: /asks for access/ })).toBeVisible();
}

/** Grants everything in the dialog and connects what is ticked then; ends on the list. */
export async function connectAll(page: Page): Promise<void> {
	await openDialog(page);
	await page.getByRole('button', { name: 'Continue', exact: true }).click();
	await page.getByRole('button', { name: /^Connect \d+ account/ }).click();
	await expect(page.getByRole('list', { name: 'Connected accounts' })).toBeVisible();
}
