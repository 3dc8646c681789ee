import { POLL_CHOICES } from '../settings/poll-choices.ts';

type Choice = { readonly value: string; readonly label: string };

/** What the workspace has chosen, which holds for shows that chose nothing. */
export type WorkspaceDefaults = { readonly pollSeconds: number | null; readonly sounds: boolean };

const workspaceChoice = (what: string): Choice => ({
	value: '',
	label: `Workspace default (${what})`
});

/** Paces that a show can be polled at. Empty: as the workspace has it. */
export function pollOverrides({ pollSeconds }: WorkspaceDefaults): readonly Choice[] {
	const own = POLL_CHOICES.filter(({ value }) => value !== '');
	return [workspaceChoice(pollSeconds === null ? 'automatic' : `${pollSeconds} s`), ...own];
}

/** Whether a show's consoles sound. Empty: as the workspace has it. */
export function soundOverrides({ sounds }: WorkspaceDefaults): readonly Choice[] {
	return [
		workspaceChoice(sounds ? 'on' : 'off'),
		{ value: 'on', label: 'On' },
		{ value: 'off', label: 'Off' }
	];
}
