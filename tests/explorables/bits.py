"""Whole results of programs, compared by the bits of every number."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from explorables.arrays import Program, Run, javascript

BITS = """
const hex=(x)=>Array.from(new BigUint64Array(x.slice().buffer),(v,i)=>
Number.isNaN(x[i])?"nan":v.toString(16)).join(" ");
const played=(program,given)=>{
const run=program(...given),rows={},keep=()=>{
for(const name in run.told)(rows[name]??=[]).push(hex(run.told[name]))};
if(run.broken)return{broken:run.broken};
if(!run.step)keep();
for(let t=0;t<run.count;t++){run.step(t);keep()}
const state={};for(const name in run.state)state[name]=hex(run.state[name]);
return{told:rows,state}};
"""
"""Play a program to its end and write every number as its 64 bits."""


def calls(program: Program, rows: list[list[Any]]) -> str:
    """Return JavaScript that plays a program for several settings."""
    text = javascript(program)
    every = f"{json.dumps(rows)}.map(row=>played(program,row))"
    return f"(()=>{{{BITS}const program={text};return JSON.stringify({every})}})()"


def hexadecimal(values: Any) -> str:
    """Write numbers as their 64 bits, every NaN as one."""
    numbers = np.asarray(values, np.float64).ravel()
    words = numbers.view(np.uint64).tolist()
    return " ".join(
        "nan" if wrong else f"{word:x}"
        for word, wrong in zip(words, np.isnan(numbers), strict=True)
    )


def python_bits(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Return what Python computes, written like `played` writes it."""
    with np.errstate(all="ignore"):
        result = function(**given)
    if isinstance(result, Run):
        told = {
            name: [hexadecimal(row) for row in x] for name, x in result.told.items()
        }
        state = {name: hexadecimal(x) for name, x in result.state.items()}
        return {"told": told, "state": state}
    told = {name: [hexadecimal(x)] for name, x in result.items()}
    return {"told": told, "state": {}}
