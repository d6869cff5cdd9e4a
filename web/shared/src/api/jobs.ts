/** Sending: to one, to a list with a look at it first, reminders; and the jobs that do it, as they go. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/vue-query";
import { onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from "vue";
import { api, data, type Schemas } from "./client";
import { useDeed } from "./events";

export type Job = Schemas["JobProgress"];
export type ListPreview = Schemas["ListPreview"];
export type Order = "pause" | "resume" | "stop" | "resend";

type Id = MaybeRefOrGetter<string>;

/** Which columns of a list hold the address and the name; null where the list tells by itself. */
export interface Columns {
  email: number | null;
  names: number[];
}

/** A list and how it is to be sent; `startAt` is an RFC 3339 instant, null for now. */
export interface ListSend {
  list: Blob;
  columns: Columns;
  origin: string;
  startAt: string | null;
}

const POLL = 5_000;
/** Octets of a list that the server looks at for a preview. */
const LOOK = 1_000_000;

const path = (id: Id) => ({ id: toValue(id) });
const chosen = ({ email, names }: Columns) => (email === null ? {} : { email, names });
/** The list is sent as it is; the type of the body stands for its text. */
const asItIs = { bodySerializer: (body: unknown) => body as Blob, headers: { "Content-Type": "text/csv" } };

/** Invite people by address. */
export function useInvite(id: Id) {
  return useDeed(id, (attendee: { email: string; name: string }) =>
    data(api.POST("/api/v1/events/{id}/invitations", { params: { path: path(id) }, body: { attendees: [attendee], origin: "api" } })),
  );
}

/** What is understood of a list; nobody is invited. Only its beginning is sent. */
export function useListPreview(id: Id) {
  return useMutation({
    mutationFn: ({ list, columns }: Pick<ListSend, "list" | "columns">) =>
      data(
        api.POST("/api/v1/events/{id}/lists/preview", {
          params: { path: path(id), query: { ...chosen(columns), cut: list.size > LOOK } },
          body: list.slice(0, LOOK) as unknown as string,
          ...asItIs,
        }),
      ),
  });
}

/** Invite everybody on a list. */
export function useListSend(id: Id) {
  return useDeed(id, ({ list, columns, origin, startAt }: ListSend) =>
    data(
      api.POST("/api/v1/events/{id}/lists", {
        params: { path: path(id), query: { ...chosen(columns), origin, ...(startAt ? { start_at: startAt } : {}) } },
        body: list as unknown as string,
        ...asItIs,
      }),
    ),
  );
}

/** Remind those who have not answered. */
export function useNudge(id: Id) {
  return useDeed(id, () => data(api.POST("/api/v1/events/{id}/nudges", { params: { path: path(id) } })));
}

/** The newest jobs of an event, looked at again while one is under way. */
export function useJobs(id: Id) {
  return useQuery({
    queryKey: ["event", id, "jobs"],
    queryFn: () => data(api.GET("/api/v1/events/{id}/jobs", { params: { path: path(id) } })),
    refetchInterval: (query) => (query.state.data?.jobs.some((job) => !isOver(job)) ? POLL : false),
  });
}

/** A job as it goes, pushed by the server; what was known of it until then. */
export function useLiveJob(job: () => Job, isFollowed: () => boolean) {
  const latest = ref<Job>(job());
  let stream: EventSource | undefined;
  const end = () => stream?.close();
  watch(job, (told) => (latest.value = told));
  watch(
    () => isFollowed() && !isOver(latest.value),
    (isWanted) => {
      end();
      if (!isWanted) return;
      stream = new EventSource(`/api/v1/jobs/${encodeURIComponent(job().id)}/live`);
      stream.addEventListener("progress", (told) => (latest.value = JSON.parse(told.data)));
    },
    { immediate: true },
  );
  onScopeDispose(end);
  return latest;
}

/** Pause a job, have it go on, stop it, or send again to those who failed or were left out. */
export function useOrder(id: Id) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ job, order }: { job: string; order: Order }) =>
      data(api.POST(`/api/v1/jobs/{id}/${order}` as "/api/v1/jobs/{id}/pause", { params: { path: { id: job } } })),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["event", toValue(id)] }),
        queries.invalidateQueries({ queryKey: ["jobs"] }),
      ]),
  });
}

/** Whether nothing more will be sent by itself. */
export function isOver(job: Job): boolean {
  return job.state === "done" || job.state === "stopped";
}
