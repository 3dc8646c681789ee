import type { MemberRole } from '../history/tables/people.ts';

/**
 * What roles may do: the one table that the API enforces (trpc/init.ts), that the members page shows and
 * that tests walk. Sentences are for people, in the order in which the page lists them.
 */
export const PERMISSIONS = {
	watchShows: {
		label: 'Watch shows; see summaries and replays, export them',
		roles: ['owner', 'operator', 'viewer']
	},
	seeBuyers: {
		label: 'See buyers, what they claimed and notes on them; print packing slips',
		roles: ['owner', 'operator', 'viewer']
	},
	runShows: {
		label: 'Set up, run and rehearse shows',
		roles: ['owner', 'operator']
	},
	noteBuyers: {
		label: 'Keep notes on buyers; tag, link and block them',
		roles: ['owner', 'operator']
	},
	readAuditLog: {
		label: 'Read and export the audit log',
		roles: ['owner', 'operator']
	},
	connectAccounts: {
		label: 'Connect Facebook and Instagram accounts',
		roles: ['owner', 'operator']
	},
	changeSettings: {
		label: 'Change the workspace’s settings',
		roles: ['owner']
	},
	erasePersonalData: {
		label: 'Erase a buyer’s personal data',
		roles: ['owner']
	},
	manageMembers: {
		label: 'Invite and remove members, change their roles',
		roles: ['owner']
	},
	deleteWorkspace: {
		label: 'Delete the workspace',
		roles: ['owner']
	}
} as const satisfies Record<
	string,
	{ readonly label: string; readonly roles: readonly MemberRole[] }
>;

export type Action = keyof typeof PERMISSIONS;

/** Whether somebody with the role may do it. */
export function may(role: MemberRole, action: Action): boolean {
	const { roles }: { readonly roles: readonly MemberRole[] } = PERMISSIONS[action];
	return roles.includes(role);
}

export type PermissionRow = {
	readonly action: string;
	readonly label: string;
	readonly roles: readonly MemberRole[];
};

/** The table as a page shows it. */
export function permissionRows(): PermissionRow[] {
	return Object.entries(PERMISSIONS).map(([action, { label, roles }]) => ({
		action,
		label,
		roles
	}));
}
