import type { Buyer } from '../../domain/buyer.ts';
import type { LogPosition } from '../../domain/events.ts';
import type { ShowSnapshot } from '../../domain/live-show.ts';
import type { ShowSettings } from '../../domain/show-state.ts';
import { planUndo } from '../../domain/undo.ts';
import type { CommentReply, IncomingComment } from '../allocator/comment.ts';
import type { ClaimTarget, StatusAction, Undoable } from '../allocator/operator-actions.ts';
import { AppError } from '../errors.ts';
import { readActionEvents } from '../history/action-events.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import type { ShowOverrides } from '../history/queries/show-overrides.ts';
import type { BatchReader, SubscribeOptions } from '../realtime/hub-types.ts';
import { MAX_SHOW_ITEMS } from './input.ts';
import type { ApiServices } from './services.ts';
import { changeOverrides } from './show-overrides.ts';
import type { OverrideChanges } from './show-overrides.ts';

/** What a member may watch of one show. Made from a `ScopedShow` only, so it is of their workspace. */
export class ShowView {
	readonly #live: ApiServices['live'];
	readonly #show: ScopedShow;

	constructor(services: Pick<ApiServices, 'live'>, show: ScopedShow) {
		this.#live = services.live;
		this.#show = show;
	}

	snapshot(): Promise<ShowSnapshot> {
		return this.#live.snapshot(this.#show.id);
	}

	subscribe(options: SubscribeOptions): BatchReader {
		return this.#live.subscribe(this.#show.id, options);
	}
}

type ControlServices = Pick<
	ApiServices,
	'actions' | 'comments' | 'db' | 'redis' | 'meta' | 'logger'
>;

/** What an operator may do to one show, each action signed with the actor. Errors as `OperatorActions`. */
export class ShowControls {
	readonly #services: ControlServices;
	readonly #show: ScopedShow;
	readonly #actor: string;

	constructor(services: ControlServices, show: ScopedShow, actor: string) {
		this.#services = services;
		this.#show = show;
		this.#actor = actor;
	}

	release(target: ClaimTarget): Promise<Undoable & { claimId: string }> {
		return this.#services.actions.release(this.#show.id, target, this.#actor);
	}

	award(item: string, buyer: Buyer): Promise<Undoable & { claimId: string }> {
		return this.#services.actions.award(this.#show.id, item, buyer, this.#actor);
	}

	reassign(from: ClaimTarget, to: Buyer): Promise<Undoable & { claimId: string }> {
		return this.#services.actions.reassign(this.#show.id, from, to, this.#actor);
	}

	addItem(item: { number: string; title: string; quantity: number }): Promise<{ itemId: string }> {
		return this.#services.actions.addItem(this.#show.id, item, this.#actor, MAX_SHOW_ITEMS);
	}

	editItem(item: string, title: string): Promise<void> {
		return this.#services.actions.editItem(this.#show.id, item, title, this.#actor);
	}

	setQuantity(item: string, quantity: number): Promise<Undoable | null> {
		return this.#services.actions.setQuantity(this.#show.id, item, quantity, this.#actor);
	}

	openItem(item: string): Promise<void> {
		return this.#services.actions.openItem(this.#show.id, item, this.#actor);
	}

	closeItem(item: string): Promise<void> {
		return this.#services.actions.closeItem(this.#show.id, item, this.#actor);
	}

	removeItem(item: string): Promise<void> {
		return this.#services.actions.removeItem(this.#show.id, item, this.#actor);
	}

	async changeStatus(action: StatusAction): Promise<void> {
		await this.#services.actions.changeStatus(this.#show.id, action, this.#actor);
		await this.#hurryChannels();
	}

	async reopen(): Promise<void> {
		await this.#services.actions.reopen(this.#show.id, this.#actor);
		await this.#hurryChannels();
	}

	/** Says which item the host holds up; null for none. */
	showItem(item: string | null): Promise<void> {
		return this.#services.actions.showItem(this.#show.id, item, this.#actor);
	}

	/** Takes the action whose first event has this position back. */
	async undo(action: LogPosition): Promise<Undoable> {
		const { actions, db, redis } = this.#services;
		const plan = planUndo(await readActionEvents(redis, db, this.#show.id, action));
		if (!plan) throw new AppError('UNDO_NOT_POSSIBLE', { details: { reason: 'no_action' } });
		return await actions.undo(this.#show.id, plan, this.#actor);
	}

	/** Channels start and stop with the show; without this they would do so some seconds later. */
	async #hurryChannels(): Promise<void> {
		try {
			await this.#services.meta?.jobs.reconcileSoon();
		} catch (error) {
			this.#services.logger.warn(
				{ err: error, showId: this.#show.id },
				'channels were not hurried'
			);
		}
	}

	editShow(settings: ShowSettings): Promise<void> {
		return this.#services.actions.editShow(this.#show.id, settings, this.#actor);
	}

	/** What the show has in place of its workspace's choice. Throws `SHOW_ENDED`. */
	changeOverrides(changes: OverrideChanges): Promise<ShowOverrides> {
		return changeOverrides(this.#services, { show: this.#show, actor: this.#actor }, changes);
	}

	/** Takes a comment as a channel would. Errors as `CommentIntake.take`. */
	takeComment(comment: IncomingComment): Promise<CommentReply> {
		return this.#services.comments.take(this.#show.id, comment);
	}
}
