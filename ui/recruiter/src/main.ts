// Starts the page.
import { mount } from 'svelte';
import App from './App.svelte';
import { Desk } from './desk.svelte';
import { expose } from './expose';
import './theme.css';

const desk = new Desk();
expose(desk);
mount(App, { target: document.getElementById('app') ?? document.body, props: { desk } });
void desk.start();
