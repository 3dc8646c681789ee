import { expect, test } from 'vitest';
import { pollOverrides, soundOverrides } from './override-choices.ts';

const labels = (choices: readonly { readonly label: string }[]) =>
	choices.map(({ label }) => label);

test('the first choice names what the workspace has, the others are the show’s own', () => {
	const paces = pollOverrides({ pollSeconds: 2, sounds: false });
	expect(paces[0]).toEqual({ value: '', label: 'Workspace default (2 s)' });
	expect(paces.slice(1).map(({ value }) => Number(value))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
	expect(labels(soundOverrides({ pollSeconds: 2, sounds: false }))).toEqual([
		'Workspace default (off)',
		'On',
		'Off'
	]);
});

test('a workspace that chose no pace is paced by the server', () => {
	expect(labels(pollOverrides({ pollSeconds: null, sounds: true }))[0]).toBe(
		'Workspace default (automatic)'
	);
	expect(labels(soundOverrides({ pollSeconds: null, sounds: true }))[0]).toBe(
		'Workspace default (on)'
	);
});
