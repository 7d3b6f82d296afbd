import type { IconName } from "../ui/icons.tsx";

export interface NavigationEntry {
  to: string;
  text: string;
  icon: IconName;
}

/** The pages, in the order of the menu. */
export const NAVIGATION: readonly NavigationEntry[] = [
  { to: "/", text: "Overview", icon: "overview" },
  { to: "/messages", text: "Messages", icon: "messages" },
  { to: "/tasks", text: "Tasks", icon: "tasks" },
  { to: "/system", text: "System", icon: "system" },
];
