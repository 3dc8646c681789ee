import { defineConfig, devices } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.ts';

const chromium = await findChromium();

export default defineConfig({
	testDir: 'tests/e2e',
	globalSetup: './tests/e2e/global-setup.ts',
	// Each worker has a server and services of its own; its tests make shows and accounts of their own.
	workers: 2,
	// Generous: a starved machine is slow, and a test that passes does not wait.
	timeout: 120_000,
	expect: { timeout: 20_000 },
	// Another try is reported as flaky; it must not keep a landing back when the machine was starved.
	retries: process.env['CI'] === undefined ? 0 : 2,
	forbidOnly: process.env['CI'] !== undefined,
	reporter: [['list']],
	use: {
		...devices['Desktop Chrome'],
		launchOptions: {
			executablePath: chromium.executablePath,
			args: chromium.args,
			env: chromium.env
		},
		screenshot: 'only-on-failure',
		trace: 'retain-on-failure'
	}
});
