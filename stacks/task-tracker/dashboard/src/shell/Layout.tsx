import { useState } from "react";
import { NavLink, Outlet, ScrollRestoration, useNavigation } from "react-router";

import { useApp } from "../app-context.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { ConnectionState } from "./ConnectionState.tsx";
import { NAVIGATION } from "./navigation.ts";
import { applyTheme, nextTheme, storedTheme, type Theme } from "./theme.ts";
import { VersionBanner } from "./VersionBanner.tsx";

/** What every page stands in: menu, connection state, banner. */
export function Layout() {
  const { appName } = useApp().config;
  const loading = useNavigation().state === "loading";
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="sidebar">
        <p className="brand">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          {appName}
        </p>
        <Menu />
        <div className="sidebar-foot">
          <ConnectionState />
          <ThemeButton />
        </div>
      </header>
      <div className="content">
        <div className="progress" data-loading={loading} aria-hidden="true" />
        <VersionBanner />
        <main id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <ScrollRestoration />
    </div>
  );
}

function Menu() {
  return (
    <nav className="menu" aria-label="Pages">
      {NAVIGATION.map(({ to, text, icon }) => (
        <NavLink key={to} to={to} end={to === "/"}>
          <Icon name={icon} />
          <span>{text}</span>
        </NavLink>
      ))}
    </nav>
  );
}

const THEME_ICONS: Record<Theme, IconName> = { system: "auto", light: "sun", dark: "moon" };

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const change = () => {
    const next = nextTheme(theme);
    applyTheme(next);
    setTheme(next);
  };
  const name = `Colours: ${theme}. Change to ${nextTheme(theme)}.`;
  return (
    <button type="button" className="icon-button" onClick={change} aria-label={name} title={name}>
      <Icon name={THEME_ICONS[theme]} size={18} />
    </button>
  );
}
