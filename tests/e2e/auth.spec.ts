import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { signIn } from './pages.ts';

async function signOut(page: Page): Promise<void> {
	await page.getByRole('banner').getByRole('button').click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
}

test('register, sign out, sign in again', async ({ page }) => {
	const email = `${randomUUID()}@sellary.example`;
	await page.goto('/register');
	await page.getByLabel('Your name').fill('Nina Newcomer');
	await page.getByLabel('Workspace').fill('Nina’s shop');
	await page.getByLabel('E-mail').fill(email);
	await page.getByLabel('Password', { exact: true }).fill('a long enough password');
	await page.getByRole('button', { name: 'Create account' }).click();
	await expect(page.getByText('Nina’s shop')).toBeVisible();

	await signOut(page);
	await page.goto('/shows');
	await expect(page).toHaveURL(/\/sign-in/);

	await page.getByLabel('E-mail').fill(email);
	await page.getByLabel('Password', { exact: true }).fill('a long enough password');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page).toHaveURL(/\/shows$/);
});

test('a wrong password and an unknown address get the same answer', async ({ page, server }) => {
	const account = await server.account();
	const answers: string[] = [];
	for (const email of [account.email, `${randomUUID()}@sellary.example`]) {
		await page.goto('/sign-in');
		await page.getByLabel('E-mail').fill(email);
		await page.getByLabel('Password', { exact: true }).fill('not the password');
		await page.getByRole('button', { name: 'Sign in' }).click();
		answers.push(await page.getByRole('alert').innerText());
	}
	expect(answers[0]).toContain('wrong');
	expect(answers[1]).toBe(answers[0]);
});

test('signing out in one tab ends the other tab’s console', async ({ page, context, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	const other = await context.newPage();
	await other.goto(`/shows/${showId}/console`);
	await signOut(page);
	await other.reload();
	await expect(other).toHaveURL(/\/sign-in/);
});
