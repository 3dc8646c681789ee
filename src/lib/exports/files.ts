import FileJson from '@lucide/svelte/icons/file-braces';
import ListChecks from '@lucide/svelte/icons/list-checks';
import MessagesSquare from '@lucide/svelte/icons/messages-square';
import Users from '@lucide/svelte/icons/users';
import type { Component } from 'svelte';

export type OfferedFile = {
	/** As the server names it (`EXPORT_FILES`). */
	readonly name: string;
	readonly label: string;
	/** What is in it. */
	readonly text: string;
	readonly icon: Component<{ class?: string; 'aria-hidden'?: 'true' }>;
};

/** What a show can be handed on as, in the order in which sellers want it. */
export const OFFERED_FILES: readonly OfferedFile[] = [
	{
		name: 'claims.csv',
		label: 'Claims',
		text: 'Each claim: when, who, won or waiting',
		icon: ListChecks
	},
	{
		name: 'buyers.csv',
		label: 'Buyers',
		text: 'Everybody who won something, and what',
		icon: Users
	},
	{
		name: 'comments.csv',
		label: 'Comments',
		text: 'All comments and what became of them',
		icon: MessagesSquare
	},
	{
		name: 'events.jsonl',
		label: 'Event log',
		text: 'Every event, for programs (JSONL)',
		icon: FileJson
	}
];
