import type { ApiOutputs } from '../console/api.ts';

export type MemberRole = ApiOutputs['members']['list']['members'][number]['role'];

/** Roles as people read them, the mightiest first. */
export const ROLES: readonly {
	readonly role: MemberRole;
	readonly label: string;
	readonly text: string;
}[] = [
	{ role: 'owner', label: 'Owner', text: 'Everything, with members and settings.' },
	{ role: 'operator', label: 'Operator', text: 'Runs shows and connects accounts.' },
	{ role: 'viewer', label: 'Viewer', text: 'Watches shows and sees what was sold.' }
];

export function roleLabel(role: MemberRole): string {
	return ROLES.find((known) => known.role === role)?.label ?? role;
}
